from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.domain.policy import Bands, EngineBands
from attendance.domain.sightings import Box, Candidate, Face, decide_sightings

BANDS = EngineBands(on_roster=Bands(90, 80), off_roster=Bands(95, 90))
ROSTER = frozenset({"ada", "carl", "emmy"})
EVERYBODY = sorted(ROSTER | {"guest-1", "guest-2"})
# Tenths of a percent, so that sums compare exactly enough.
similarities = st.integers(600, 1000).map(lambda tenths: tenths / 10)


@st.composite
def faces(draw, *, frames: int = 2, most: int = 3) -> list[Face]:
    drawn = []
    for frame in range(1, draw(st.integers(1, frames)) + 1):
        for index in range(draw(st.integers(0, most))):
            near = draw(st.dictionaries(st.sampled_from(EVERYBODY), similarities, max_size=3))
            candidates = sorted(near.items(), key=lambda entry: -entry[1])
            drawn.append(
                Face(
                    frame, index, Box(0, 0, 0.1, 0.1), 99.0, tuple(Candidate(*entry) for entry in candidates)
                )
            )
    return drawn


def band_of(student_id: str) -> Bands:
    return BANDS.on_roster if student_id in ROSTER else BANDS.off_roster


def similarity(face: Face, student_id: str) -> float:
    return next(c.similarity for c in face.candidates if c.student_id == student_id)


@given(faces())
def test_a_face_is_one_student_and_a_student_one_face_in_a_frame(found):
    sightings = decide_sightings(found, ROSTER, BANDS).sightings
    assert len({(s.frame, s.face) for s in sightings}) == len(sightings)
    assert len({(s.frame, s.student_id) for s in sightings}) == len(sightings)


@given(faces())
def test_nobody_is_given_a_face_below_the_doubtful_band(found):
    by_place = {(face.frame, face.index): face for face in found}
    for sighting in decide_sightings(found, ROSTER, BANDS).sightings:
        assert sighting.similarity == similarity(by_place[sighting.frame, sighting.face], sighting.student_id)
        assert sighting.similarity >= band_of(sighting.student_id).doubtful
        assert sighting.band == band_of(sighting.student_id).of(sighting.similarity)
        assert sighting.on_roster == (sighting.student_id in ROSTER)


@given(faces())
def test_every_face_is_somebodys_or_unknown(found):
    decided = decide_sightings(found, ROSTER, BANDS)
    assert decided.faces == len(found)
    assert len(decided.sightings) + decided.unknown_faces == len(found)


def best_by_trying_everything(found: list[Face]) -> float:
    """The greatest sum of similarities above the doubtful band, over all ways to give out a frame's faces."""
    options = [
        [None, *(c for c in face.candidates if c.similarity >= band_of(c.student_id).doubtful)]
        for face in found
    ]
    best = 0.0
    for way in product(*options):
        given_to = [candidate.student_id for candidate in way if candidate]
        if len(given_to) == len(set(given_to)):
            gain = sum(c.similarity - band_of(c.student_id).doubtful for c in way if c)
            best = max(best, gain)
    return best


@given(faces(frames=1))
def test_no_other_way_to_give_out_the_faces_of_a_frame_is_better(found):
    sightings = decide_sightings(found, ROSTER, BANDS).sightings
    gain = sum(s.similarity - band_of(s.student_id).doubtful for s in sightings)
    assert gain == pytest.approx(best_by_trying_everything(found), abs=1e-4)


@given(faces(), st.data())
@settings(max_examples=50)
def test_the_order_of_the_faces_does_not_change_how_well_they_are_given_out(found, data):
    shuffled = data.draw(st.permutations(found))

    def gain(some: list[Face]) -> float:
        return sum(
            s.similarity - band_of(s.student_id).doubtful
            for s in decide_sightings(some, ROSTER, BANDS).sightings
        )

    assert gain(shuffled) == pytest.approx(gain(found), abs=1e-4)


@given(faces(frames=1), faces(frames=1))
def test_frames_are_given_out_by_themselves(one, other):
    moved = [Face(2, f.index, f.box, f.confidence, f.candidates) for f in other]
    together = decide_sightings([*one, *moved], ROSTER, BANDS).sightings
    assert [s for s in together if s.frame == 1] == list(decide_sightings(one, ROSTER, BANDS).sightings)


def test_a_neighbour_with_a_better_match_keeps_the_face():
    """Nearest neighbour would give both faces to Ada."""
    ada, twin = Candidate("ada", 97.0), Candidate("ada", 96.0)
    found = [
        Face(1, 0, Box(0, 0, 0.1, 0.1), 99, (ada, Candidate("emmy", 81.0))),
        Face(1, 1, Box(0.5, 0, 0.1, 0.1), 99, (twin, Candidate("emmy", 95.0))),
    ]
    given_to = {s.face: s.student_id for s in decide_sightings(found, ROSTER, BANDS).sightings}
    assert given_to == {0: "ada", 1: "emmy"}


def test_a_student_of_another_section_needs_more():
    found = [
        Face(1, 0, Box(0, 0, 0.1, 0.1), 99, (Candidate("guest-1", 89.9),)),
        Face(1, 1, Box(0.5, 0, 0.1, 0.1), 99, (Candidate("guest-2", 96.0),)),
    ]
    decided = decide_sightings(found, ROSTER, BANDS)
    assert decided.guests == {"guest-2"}
    assert [s.student_id for s in decided.sightings] == ["guest-2"]


@pytest.mark.parametrize("found", [[], [Face(1, 0, Box(0, 0, 0.1, 0.1), 99)]])
def test_faces_without_candidates_are_counted_and_nothing_else(found):
    decided = decide_sightings(found, ROSTER, BANDS)
    assert (decided.sightings, decided.unknown_faces) == ((), len(found))


def test_faces_that_were_not_searched_are_told_apart():
    found = [
        Face(1, 0, Box(0, 0, 0.1, 0.1), 99, outcome="over_budget"),
        Face(1, 1, Box(0.5, 0, 0.1, 0.1), 99, outcome="failed"),
        Face(1, 2, Box(0.8, 0, 0.1, 0.1), 99),
    ]
    assert decide_sightings(found, ROSTER, BANDS).unsearched_faces == 2
