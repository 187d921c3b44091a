"""`python -m local run`, `capture ROOM` and `gallery SCHOOL`: what `make` calls by the same names."""

import argparse
import json
import signal
import sys
import threading
import time

from local.announcements import AnnouncementListener, console_line
from local.capture_room import request_and_follow
from local.dashboard import Dashboard
from local.errors import LocalRunError
from local.gallery import check_gallery
from local.settings import LocalSettings
from local.staff import SignIn
from local.system import LocalSystem
from local.things import ThingFiles


def main() -> int:
    """Run the system, or ask something of the running one; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m local", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and keep it running until Ctrl-C")
    capture = commands.add_parser("capture", help="ask for a capture of a room and follow it")
    capture.add_argument("room", help="for example 101")
    gallery = commands.add_parser("gallery", help="check the face references of a school")
    gallery.add_argument("arguments", nargs=argparse.REMAINDER, help="the school, and options; see --help")
    chosen = parser.parse_args()
    try:
        settings = LocalSettings()
        if chosen.command == "gallery":
            return check_gallery(settings, chosen.arguments)
        return _run(settings) if chosen.command == "run" else _capture(settings, chosen.room)
    except LocalRunError as error:
        print(f"rollcall: {error}", file=sys.stderr)
        return 1


def _run(settings: LocalSettings) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _interrupt(stopping))
    started = time.monotonic()
    system = LocalSystem(settings, lambda line: _tell(f"{time.monotonic() - started:6.1f} s  {line}"))
    try:
        system.start()
        _welcome(system)
        return _watch(system, stopping)
    except KeyboardInterrupt:
        return 0
    finally:
        _tell("stopping")
        system.stop()


def _interrupt(stopping: threading.Event) -> None:
    """The first Ctrl-C asks; one during start-up, or a second one, breaks off."""
    if stopping.is_set() or not _watching.is_set():
        raise KeyboardInterrupt
    stopping.set()


_DEMO_SCHOOL = "demo"
_DEMO_ADMIN = "demo-admin"
_watching = threading.Event()


def _watch(system: LocalSystem, stopping: threading.Event) -> int:
    listener = AnnouncementListener(
        system.clients.client("sqs"), system.clients.client("sns"), system.outputs["SummaryTopicArn"]
    )
    _watching.set()
    while not stopping.is_set():
        for announcement in listener.receive():
            line = console_line(announcement)
            if line:
                _tell(line)
        ended = system.ended_child()
        if ended:
            _tell(f"rollcall: {ended}")
            return 1
    return 0


def _welcome(system: LocalSystem) -> None:
    _tell("")
    _tell(f"Dashboard: {system.settings.dashboard_url}")
    for sign_in in system.sign_ins.values():
        _tell(f"  sign in as {sign_in.username} with password {sign_in.password}")
    _tell(
        "The class that is on now has its register within two ticks of the schedule. Ctrl-C stops everything."
    )
    _tell("")


def _capture(settings: LocalSettings, room: str) -> int:
    memory = settings.data_dir / "sign-ins.json"
    files = ThingFiles(settings.data_dir / "devices" / _DEMO_ADMIN)
    if not memory.exists() or not files.are_complete:
        message = "There is no demo school yet: start the system with `make run` first."
        raise LocalRunError(message)
    password = json.loads(memory.read_text())["admin"]
    is_recorded = request_and_follow(
        room,
        _DEMO_SCHOOL,
        admin_thing=_DEMO_ADMIN,
        files=files,
        broker=("localhost", settings.mqtt_port),
        dashboard=Dashboard(settings.dashboard_url, SignIn("admin", password)),
        tell=_tell,
    )
    return 0 if is_recorded else 1


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
