"""Which student is each face of a capture?"""

from dataclasses import replace
from itertools import product

import pytest
from calibration_examples import BANDS, PLAIN, view
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.domain.decision import Claims, claims_of, decide_sightings
from attendance.domain.policy import Bands, ClearViews
from attendance.domain.seats import Seat, follow
from attendance.domain.sightings import Box, Candidate, Face, Sightings

FLOOR = 20.0
ROSTER = frozenset({"ada", "carl", "emmy"})
EVERYBODY = sorted(ROSTER | {"guest-1", "guest-2"})
SURE, UNSURE, STRANGE = 60.0, 41.0, 25.0


def face(frame: int, place: int, outcome: str = "searched", **near: float) -> Face:
    """A face in one of ten places, one beside the other; students and their similarities by name."""
    candidates = sorted(near.items(), key=lambda entry: -entry[1])
    return Face(
        frame,
        place,
        Box(place / 10, 0.5, 0.05, 0.08),
        99.0,
        tuple(Candidate(name.replace("_", "-"), similarity) for name, similarity in candidates),
        outcome,
        view() if near else None,
    )


@st.composite
def captures(draw, *, frames: int = 3, places: int = 4) -> list[Face]:
    similarities = st.integers(20, 90).map(float)
    return [
        face(frame, place, **draw(st.dictionaries(st.sampled_from(sorted(ROSTER)), similarities, max_size=3)))
        for frame in range(1, draw(st.integers(1, frames)) + 1)
        for place in range(places)
        if draw(st.booleans())
    ]


def decide(found: list[Face], *pair: str) -> Sightings:
    """`pair` names two students whom the engine takes for each other."""
    alike = {one: frozenset(pair) - {one} for one in pair}
    return decide_sightings(found, ROSTER, BANDS, PLAIN, FLOOR, alike)


def given_to(found: list[Face]) -> dict[tuple[int, int], tuple[str, str]]:
    return {(s.frame, s.face): (s.student_id, s.band) for s in decide(found).sightings}


def band_of(student_id: str) -> Bands:
    return BANDS.on_roster if student_id in ROSTER else BANDS.off_roster


@given(captures())
def test_a_face_is_one_student_and_a_student_one_face_in_a_frame(found):
    sightings = decide(found).sightings
    assert len({(s.frame, s.face) for s in sightings}) == len(sightings)
    assert len({(s.frame, s.student_id) for s in sightings}) == len(sightings)


@given(captures())
def test_every_face_is_somebodys_or_unknown(found):
    decided = decide(found)
    assert decided.faces == len(found)
    assert len(decided.sightings) + decided.unknown_faces == len(found)


@given(captures())
def test_nobody_is_given_a_face_with_less_certainty_than_doubt_takes(found):
    for sighting in decide(found).sightings:
        bands = band_of(sighting.student_id)
        assert sighting.certainty >= bands.doubtful - 1e-6
        assert sighting.needed == bands.recognised
        if sighting.band == "recognised":
            assert sighting.certainty >= bands.recognised


def best_by_trying_everything(claims: list[Claims]) -> float:
    """The greatest sum of certainties above the doubtful band, over all ways to give out the places."""
    options = [
        [None, *(s for s, certainty in claim.certainty.items() if certainty >= band_of(s).doubtful)]
        for claim in claims
    ]
    best = 0.0
    for way in product(*options):
        seated = [student_id for student_id in way if student_id]
        if len(seated) == len(set(seated)):
            pairs = zip(claims, way, strict=True)
            best = max(best, sum(c.certainty[s] - band_of(s).doubtful for c, s in pairs if s))
    return best


@given(captures())
@settings(max_examples=50)
def test_no_other_way_to_give_out_the_places_is_more_certain(found):
    claims = [claims_of(seat, PLAIN, FLOOR) for seat in follow(found)]
    certainties = {(s.student_id): s.certainty for s in decide(found).sightings}
    gain = sum(certainty - band_of(student_id).doubtful for student_id, certainty in certainties.items())
    assert gain == pytest.approx(best_by_trying_everything(claims), abs=1e-4)


def test_a_neighbour_who_is_more_certain_keeps_the_face():
    """Nearest neighbour would give both faces to Ada."""
    found = [face(1, 0, ada=72.0, emmy=30.0), face(1, 1, ada=66.0, emmy=62.0)]
    assert given_to(found) == {(1, 0): ("ada", "recognised"), (1, 1): ("emmy", "recognised")}


def test_two_who_are_as_near_are_for_the_teacher_to_tell_apart():
    assert given_to([face(1, 0, ada=62.0, emmy=61.0)]) == {(1, 0): ("ada", "doubtful")}


def test_a_rival_who_certainly_sits_elsewhere_is_no_rival():
    found = [face(1, 0, ada=62.0, emmy=61.0), face(1, 1, emmy=75.0)]
    assert given_to(found)[1, 0] == ("ada", "recognised")


def test_a_clear_view_takes_more_certainty_than_a_blurred_one():
    clear = replace(BANDS, clear_views=ClearViews(begin=0.2, end=0.4, more=6.0))
    found = [face(1, 0, ada=46.0)]
    (usual,) = decide_sightings(found, ROSTER, BANDS, PLAIN, FLOOR).sightings
    (seen_clearly,) = decide_sightings(found, ROSTER, clear, PLAIN, FLOOR).sightings
    blurred = [replace(found[0], view=view(sharpness=20.0))]
    (seen_blurred,) = decide_sightings(blurred, ROSTER, clear, PLAIN, FLOOR).sightings
    assert [(s.band, s.needed) for s in (usual, seen_clearly, seen_blurred)] == [
        ("recognised", 10.0),
        ("doubtful", 16.0),
        ("recognised", 10.0),
    ]


def test_between_blurred_and_clear_it_takes_more_in_proportion():
    views = ClearViews(begin=0.2, end=0.4, more=6.0)
    assert [views.more_for(expected) for expected in (0.1, 0.2, 0.3, 0.4, 0.9)] == pytest.approx(
        [0, 0, 3, 6, 6]
    )


@pytest.mark.parametrize("changes", [{"begin": 0.5}, {"end": 0.1}, {"more": -1.0}])
def test_clear_views_that_make_no_sense_are_refused(changes):
    with pytest.raises(ValueError, match="begin < end"):
        replace(ClearViews(begin=0.2, end=0.4, more=6.0), **changes)


def test_a_look_alike_is_a_rival_wherever_it_sits():
    found = [face(1, 0, ada=62.0, emmy=58.0), face(1, 1, emmy=75.0, ada=40.0)]
    apart, mistakable = decide(found), decide(found, "ada", "emmy")
    assert [s.band for s in apart.sightings] == ["recognised", "recognised"]
    assert [(s.student_id, s.band) for s in mistakable.sightings] == [
        ("ada", "doubtful"),
        ("emmy", "recognised"),
    ]


def test_who_has_a_look_alike_is_looked_at_in_any_case():
    (sighting,) = decide([face(1, 0, ada=75.0)], "ada", "emmy").sightings
    assert (sighting.band, sighting.look_alikes) == ("recognised", {"emmy"})
    (sighting,) = decide([face(1, 0, carl=75.0)], "ada", "emmy").sightings
    assert sighting.look_alikes == frozenset()


def test_frames_add_up_to_what_none_of_them_says_alone():
    one = face(1, 0, ada=UNSURE)
    (alone,) = decide([one]).sightings
    assert alone.band == "doubtful"
    together = decide([face(frame, 0, ada=UNSURE) for frame in (1, 2, 3)]).sightings
    assert together[0].certainty > alone.certainty
    assert len({(s.certainty, s.band) for s in together}) == 1


def test_a_face_that_was_not_searched_is_given_out_with_its_place():
    found = [face(1, 0, ada=SURE), face(2, 0, outcome="settled")]
    sightings = decide(found).sightings
    assert [(s.frame, s.student_id, s.similarity, s.band) for s in sightings] == [
        (1, "ada", SURE, "recognised"),
        (2, "ada", None, "recognised"),
    ]


def test_frames_that_name_different_students_leave_doubt():
    found = [face(1, 0, ada=SURE, emmy=STRANGE), face(2, 0, emmy=SURE, ada=STRANGE)]
    assert {band for _, band in given_to(found).values()} <= {"doubtful"}


def test_a_student_of_another_section_needs_more():
    near_enough = 43.5
    assert given_to([face(1, 0, ada=near_enough)]) == {(1, 0): ("ada", "recognised")}
    assert given_to([face(1, 0, guest_1=near_enough)]) == {(1, 0): ("guest-1", "doubtful")}
    decided = decide([face(1, 0, guest_1=near_enough), face(1, 1, guest_2=70.0)])
    assert decided.guests == {"guest-2"}
    assert not any(sighting.on_roster for sighting in decided.sightings)


@pytest.mark.parametrize("found", [[], [face(1, 0)]])
def test_faces_without_candidates_are_counted_and_nothing_else(found):
    decided = decide(found)
    assert (decided.sightings, decided.unknown_faces) == ((), len(found))


def test_faces_that_were_not_searched_are_told_apart():
    outcomes = ("over_budget", "failed", "searched", "settled")
    assert decide([face(1, n, outcome) for n, outcome in enumerate(outcomes)]).unsearched_faces == 2


def test_who_is_not_named_was_as_similar_as_the_last_who_is():
    seat = Seat((face(1, 0, ada=SURE), face(2, 0, emmy=50.0, carl=30.0)))
    claims = claims_of(seat, PLAIN, FLOOR)
    as_if_named = claims_of(Seat((seat.faces[0], face(2, 0, emmy=50.0, ada=30.0))), PLAIN, FLOOR)
    assert claims.certainty["ada"] == as_if_named.certainty["ada"]


@pytest.mark.parametrize(
    ("near", "is_settled"),
    [
        ({"ada": 70.0}, True),
        ({"ada": 45.0}, False),
        ({"ada": 70.0, "emmy": 69.0}, False),
        ({}, False),
    ],
)
def test_a_place_is_settled_when_one_student_is_certain_and_nobody_near(near, is_settled):
    seat = Seat((face(1, 0, **near),))
    assert claims_of(seat, PLAIN, FLOOR).is_settled(BANDS) == is_settled
