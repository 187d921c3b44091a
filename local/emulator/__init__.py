"""The AWS emulator of the local run: ministack, pinned, plus small supplements for what it lacks.

`process.py`, `settings.py` and `root_credentials.py` run in the project's Python and start the emulator.
`__main__.py` and the supplements it lists run inside the emulator's own virtual environment, and may
therefore import the standard library, ministack and botocore alone. docs/emulator.md tables the supplements.
"""
