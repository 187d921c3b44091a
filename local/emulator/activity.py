"""A flag that anything may raise to say that the state may have changed since the last checkpoint."""


class Activity:
    """Raised by whoever changes something, lowered by the checkpoint that is about to look."""

    def __init__(self) -> None:
        self.seen = False

    def touch(self) -> None:
        """Say that something may have changed."""
        self.seen = True


ACTIVITY = Activity()
