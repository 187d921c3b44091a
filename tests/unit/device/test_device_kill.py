"""A kill -9 at any moment: between any two things the agent does to its store, spool, camera or cloud."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from device_fakes import A_CAPTURE, ANOTHER_CAPTURE, World, a_command

STAGES = [
    ("IN_PROGRESS", "accepted"),
    ("IN_PROGRESS", "captured"),
    ("IN_PROGRESS", "uploading"),
    ("SUCCEEDED", "uploaded"),
]


class KilledError(BaseException):
    """Not an Exception: no handler of the agent may survive its own death."""


class Fate:
    """Counts the moments of an agent's life, and ends it at one of them."""

    def __init__(self, moment: int) -> None:
        self.left = moment
        self.moments = 0

    def pass_moment(self) -> None:
        self.moments += 1
        self.left -= 1
        if self.left == 0:
            raise KilledError

    def attach(self, _name: str, part: Any) -> Any:
        return _Mortal(part, self)


class _Mortal:
    """Any part of the agent's world, with a moment before each call, which is after the one before."""

    def __init__(self, part: Any, fate: Fate) -> None:
        self._part = part
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            self._fate.pass_moment()
            result = found(*arguments, **named)
            return _Mortal(result, self._fate) if hasattr(result, "__enter__") else result

        return call

    def __enter__(self) -> Any:
        return _Mortal(self._part.__enter__(), self._fate)

    def __exit__(self, *arguments: object) -> Any:
        return self._part.__exit__(*arguments)


def run_until_killed(world: World, work: Callable[[], None], moment: int) -> bool:
    """Whether the agent got through `work` alive."""
    fate = Fate(moment)
    world.wrap = fate.attach
    world.restart()
    try:
        work()
    except KilledError:
        return False
    finally:
        world.wrap = lambda _, part: part
    return True


def demand_all_arrived_once(world: World, capture_id: str) -> None:
    told = [(event.status, event.stage) for event in world.events(capture_id) if not event.duplicate]
    # An event may be told twice in a row, but none is missing or out of order.
    without_repeats = [state for number, state in enumerate(told) if number == 0 or told[number - 1] != state]
    assert without_repeats == STAGES
    manifest = world.cloud.manifest(capture_id)
    assert len(manifest.frames) == 3
    for frame in manifest.frames:
        content = world.cloud.objects[f"{capture_id}/{frame.name}"]
        assert sha256(content).hexdigest() == frame.sha256
    assert sum(key.startswith(capture_id) for key in world.cloud.objects) == 4


def test_killed_at_any_moment_it_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    moment = 0
    is_alive = False
    while not is_alive:
        moment += 1
        root = tmp_path / str(moment)
        root.mkdir()
        world = World(root)

        def live(world: World = world) -> None:
            world.command(a_command())
            world.settle()

        is_alive = run_until_killed(world, live, moment)
        world.restart()
        world.command(a_command())  # an unacknowledged command comes again, and an acknowledged one may
        world.settle()

        demand_all_arrived_once(world, A_CAPTURE)
        assert world.spool.captures() == ()
    assert moment > 40, "the agent's life has fewer moments than it should"


def test_killed_again_and_again_it_gets_through_in_the_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.command(a_command())
    world.command(a_command(ANOTHER_CAPTURE))
    lives = 1
    while not run_until_killed(world, world.settle, 12 + lives):
        lives += 1
    world.restart()
    world.settle()

    assert lives > 3
    demand_all_arrived_once(world, A_CAPTURE)
    demand_all_arrived_once(world, ANOTHER_CAPTURE)
