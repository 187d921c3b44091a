"""Runs the emulator with its supplements; started by process.py inside the emulator's virtual environment."""

import os
import signal
import sys
import threading

from local.emulator import upstream

# Engines of services that the product does not use; absent, they cost neither start-up time nor memory.
UNUSED = ("docker", "duckdb", "psycopg2", "pymysql")


def main() -> None:
    """Apply every supplement, then serve until SIGTERM."""
    upstream.require_pinned_version()
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
    # Only now: importing another release could fail in ways that hide the sentence above.
    from ministack import app  # noqa: PLC0415

    from local.emulator import supplements  # noqa: PLC0415

    supplements.apply_all()
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.argv = ["ministack"]
    app.main()


def _end_with_the_parent() -> None:
    """Stop politely when whoever started us is gone: our standard input ends with it."""
    os.read(0, 1)  # unbuffered: a reader that waits in a buffer holds up the end of the interpreter
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    try:
        main()
    except upstream.UpstreamChangedError as error:
        sys.exit(f"emulator: {error}")
