"""The comparison with other libraries: counting, and peers that answer, end, or are not installed."""

import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.bench_peers import PeerScore, compare, table, totals
from benchmarks.class_sets import ClassSet, LabelledCapture
from benchmarks.peers.answering import answer_lines
from benchmarks.peers.installed import NodePeer
from benchmarks.peers.roll_takers import PeerError, PeerProcess, RollTaker, Taken

A_PEER = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if "enrol" in request:
        students = request["enrol"]
        answer = {"enrolled": [who for who, paths in students.items() if paths]}
    else:
        answer = {"found": [path.rsplit("/", 1)[1].removesuffix(".jpg") for path in request["take"]]}
    print(json.dumps(answer | {"cpu_seconds": 0.25}), flush=True)
"""


class TakerFromMemory:
    """Sees whom it is told to, at a fixed price a capture."""

    def __init__(self, name: str, seen: Mapping[str, set[str]], seconds: float = 1.0) -> None:
        self.name = name
        self.order: list[str] = []
        self._seen = seen
        self._seconds = seconds

    def enrol(self, class_set: ClassSet) -> int:
        return len(class_set.students)

    def take(self, capture: LabelledCapture) -> Taken:
        self.order.append(capture.capture_id)
        return Taken(frozenset(self._seen[capture.capture_id]), self._seconds, 2 * self._seconds)

    def close(self) -> None: ...


def capture(name: str, *, present: str = "", absent: str = "", frames: int = 2) -> LabelledCapture:
    truth = dict.fromkeys(present.split(), True) | dict.fromkeys(absent.split(), False)
    files = {number: Path(f"/frames/{name}-{number}.jpg") for number in range(1, frames + 1)}
    return LabelledCapture(name, 1920, 1080, frames, files, truth, None)


def a_class(*captures: LabelledCapture) -> ClassSet:
    students = {student_id: student_id for student_id in ("ann", "ben", "cem")}
    return ClassSet("class", students, {"ann": (Path("/p/1.jpg"),), "ben": (), "cem": ()}, captures)


def scores_of(
    class_set: ClassSet, takers: Sequence[RollTaker], captures: int | None = None
) -> list[PeerScore]:
    *_, last = compare(class_set, takers, captures)
    return last


@pytest.fixture
def peer() -> Iterator[PeerProcess]:
    process = PeerProcess("a peer", [sys.executable, "-c", A_PEER], Path.cwd())
    yield process
    process.close()


def test_the_found_and_the_falsely_present_are_counted_apart():
    first = capture("c1", present="ann ben", absent="cem")
    second = capture("c2", present="ann", absent="ben")
    taker = TakerFromMemory("rollcall", {"c1": {"ann", "cem"}, "c2": {"ann", "ben"}})

    (score,) = scores_of(a_class(first, second), [taker])

    assert (score.found, score.present) == (2, 3)
    assert (score.false_present, score.absent) == (2, 2)
    assert score.frames == 4


def test_who_is_hidden_in_every_frame_is_not_counted():
    hidden = capture("c1", present="ann", absent="ben")

    (score,) = scores_of(a_class(hidden), [TakerFromMemory("rollcall", {"c1": {"ann", "cem"}})])

    assert (score.found, score.present, score.false_present, score.absent) == (1, 1, 0, 1)


def test_only_the_first_captures_are_taken_where_so_asked():
    taker = TakerFromMemory("rollcall", {"c1": set(), "c2": set()})

    scores_of(a_class(capture("c1"), capture("c2")), [taker], captures=1)

    assert taker.order == ["c1"]


def test_engines_take_turns_at_going_first():
    order: list[str] = []

    class Recorded(TakerFromMemory):
        def take(self, capture: LabelledCapture) -> Taken:
            order.append(f"{capture.capture_id} {self.name}")
            return super().take(capture)

    seen: dict[str, set[str]] = {"c1": set(), "c2": set()}
    scores_of(a_class(capture("c1"), capture("c2")), [Recorded("a", seen), Recorded("b", seen)])

    assert order == ["c1 a", "c1 b", "c2 b", "c2 a"]


def test_scores_are_told_after_each_capture():
    taker = TakerFromMemory("rollcall", {"c1": {"ann"}, "c2": {"ann"}})

    told = compare(a_class(capture("c1", present="ann"), capture("c2", present="ann")), [taker])

    assert [[score.found for score in scores] for scores in told] == [[1], [2]]


def test_an_engine_that_ends_is_left_out_and_the_others_go_on(capsys):
    class Ending(TakerFromMemory):
        def take(self, capture: LabelledCapture) -> Taken:
            if capture.capture_id == "c2":
                raise PeerError("b ended")
            return super().take(capture)

    seen: dict[str, set[str]] = {"c1": set(), "c2": set(), "c3": set()}
    captures = [capture(name) for name in seen]
    ending = Ending("b", seen)
    scores = scores_of(a_class(*captures), [TakerFromMemory("rollcall", seen), ending])

    assert [(score.engine, score.frames) for score in scores] == [("rollcall", 6)]
    assert ending.order == ["c1"]
    assert "b ended" in capsys.readouterr().err


def test_the_result_names_what_is_compared_with_and_the_seconds_of_a_frame():
    (score,) = scores_of(
        a_class(capture("c1", present="ann", absent="ben", frames=3)),
        [TakerFromMemory("rollcall", {"c1": {"ann"}}, seconds=1.5)],
    )

    assert score.as_json() == {
        "set": "class",
        "engine": "rollcall",
        "found": 1,
        "present": 1,
        "false_present": 0,
        "absent": 1,
        "seconds_per_frame": 0.5,
    }


def test_totals_add_up_by_engine():
    ours = [PeerScore("a", "rollcall", found=1, frames=2), PeerScore("b", "rollcall", found=3, frames=1)]
    theirs = [PeerScore("a", "other", found=5, frames=2), PeerScore("b", "other", found=1, frames=1)]

    assert totals([ours[0], *theirs, ours[1]]) == [
        PeerScore("all", "rollcall", found=4, frames=3),
        PeerScore("all", "other", found=6, frames=3),
    ]


def test_an_engine_that_did_not_do_all_sets_has_no_total():
    ours = [PeerScore("a", "rollcall", frames=2), PeerScore("b", "rollcall", frames=1)]

    assert [score.engine for score in totals([*ours, PeerScore("a", "other", frames=2)])] == ["rollcall"]


def test_times_are_told_as_multiples_of_our_own_of_the_same_set():
    ours = PeerScore("a", "rollcall", frames=2, seconds=2.0, cpu_seconds=1.0)
    theirs = PeerScore("a", "other", frames=2, seconds=9.0, cpu_seconds=6.0)

    shown = table([ours, theirs])

    assert shown.rows[1][-3:] == ("4.5", "3.00", "6.0")


def test_several_sets_are_followed_by_their_total():
    scores = [PeerScore("a", "rollcall", found=1, present=2), PeerScore("b", "rollcall", found=1, present=1)]

    assert [row[0] for row in table(scores[:1]).rows] == ["a"]
    assert [row[0] for row in table(scores).rows] == ["a", "b", "all"]
    assert table(scores).rows[-1][4] == "2 (66.7%)"


def test_a_peer_is_told_the_portraits_and_says_who_is_enrolled(peer):
    assert peer.enrol(a_class()) == 1


def test_a_peer_is_told_the_frames_and_says_who_is_seen(peer):
    taken = peer.take(capture("c1", frames=2))

    assert taken.found == {"c1-1", "c1-2"}
    assert taken.cpu_seconds == 0.25
    assert taken.seconds > 0


def test_a_peer_that_ended_is_named_with_its_last_words():
    ended = PeerProcess("a peer", [sys.executable, "-c", "raise SystemExit('no weights')"], Path.cwd())

    with pytest.raises(PeerError, match=r"a peer ended:\nno weights"):
        ended.enrol(a_class())
    ended.close()


def test_a_peer_may_be_closed_twice(peer):
    peer.close()
    peer.close()


def test_a_peer_that_is_not_installed_says_how_to_install_it(tmp_path):
    with pytest.raises(PeerError, match="make bench-peers"):
        PeerProcess("a peer", [str(tmp_path / "python")], tmp_path)
    with pytest.raises(PeerError, match="make bench-peers"):
        NodePeer(tmp_path).start("a peer")


def test_answers_are_lines_in_the_order_of_the_requests():
    class Script:
        def enrol(self, portraits):
            return {who for who, paths in portraits.items() if paths}

        def take(self, frames):
            return frames

    answers = io.StringIO()
    requests = [json.dumps({"enrol": {"ben": ["1.jpg"], "ann": []}}), json.dumps({"take": ["z", "a"]})]
    answer_lines(Script(), requests, answers)

    enrolled, found = (json.loads(line) for line in answers.getvalue().splitlines())
    assert enrolled["enrolled"] == ["ben"]
    assert found["found"] == ["a", "z"]
    assert found["cpu_seconds"] >= 0
