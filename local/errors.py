"""What keeps the local run from starting, said in one sentence that tells what to do."""


class LocalRunError(Exception):
    """The message is for the person at the terminal."""
