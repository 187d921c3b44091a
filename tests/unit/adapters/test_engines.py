"""Several engines: each does one thing at a time, and together they do several."""

from threading import Barrier
from typing import Any

import pytest

from attendance.adapters.engines import Engines

FIRST: Any = object()
SECOND: Any = object()


def test_as_many_things_are_looked_at_side_by_side_as_there_are_engines():
    met = Barrier(2, timeout=10)

    def look(engine: object, thing: str) -> tuple[str, object]:
        met.wait()  # passes nobody who is alone
        return thing, engine

    seen = Engines([FIRST, SECOND]).each(look, ["a", "b"])

    assert [thing for thing, _ in seen] == ["a", "b"]
    assert {id(engine) for _, engine in seen} == {id(FIRST), id(SECOND)}


def test_one_engine_looks_at_everything_in_turn():
    assert Engines([FIRST]).each(lambda engine, thing: (thing, engine), "abc") == [
        ("a", FIRST),
        ("b", FIRST),
        ("c", FIRST),
    ]


@pytest.mark.parametrize("engines", [[FIRST], [FIRST, SECOND]])
def test_an_engine_is_given_back_where_looking_fails(engines):
    pool = Engines(engines)

    def fail(_: object, thing: str) -> None:
        raise ValueError(thing)

    for _ in range(3):
        with pytest.raises(ValueError, match="a"):
            pool.each(fail, ["a", "b", "c"])
    with pool.borrowed() as engine:
        assert engine in engines
