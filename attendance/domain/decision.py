"""Which student is each face of a capture? One face is one student, one student one face in a frame.

Every place of the class is weighed as a whole, over all frames, and all places are given out at once: a face
goes to nobody rather than to a student who sits in another place with more certainty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType

import numpy as np
from lap import lapjv

from attendance.domain.evidence import Calibration
from attendance.domain.policy import Band, Bands, EngineBands
from attendance.domain.seats import Seat, follow
from attendance.domain.sightings import Face, Sighting, Sightings


@dataclass(frozen=True, slots=True)
class Claims:
    """How certain it is of each student that a place is theirs; who is not named has no claim.

    `expected` is what the student's own face would yield, seen as it was: the mean over the looks.
    """

    seat: Seat
    certainty: Mapping[str, float]
    expected: float

    def is_settled(self, bands: EngineBands) -> bool:
        """Whether another look would only confirm: one student is certain, whoever it is, and nobody near."""
        first, second = sorted([0.0, 0.0, *self.certainty.values()], reverse=True)[:2]
        return first >= bands.settled and first - second >= bands.margin


def claims_of(seat: Seat, calibration: Calibration, floor: float) -> Claims:
    """Weigh all looks at a place.

    Parameters
    ----------
    floor
        Similarity (percent) from which candidates were asked for. Whom a look does not name was less similar
        than that, or than the last it names, and is taken to have been just as similar.
    """
    looks = [face for face in seat.faces if face.candidates or face.view is not None]
    students = {candidate.student_id for face in looks for candidate in face.candidates}
    return Claims(
        seat,
        {student: _certainty(student, looks, calibration, floor) for student in students},
        fmean(calibration.expects(face.view) for face in looks) if looks else calibration.usual,
    )


def decide_sightings(
    faces: Sequence[Face],
    roster: frozenset[str],
    bands: EngineBands,
    calibration: Calibration,
    floor: float,
    look_alikes: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Sightings:
    """Give the faces of a capture to students.

    Parameters
    ----------
    faces
        Faces of all frames of one capture.
    roster
        Students of the section: judged by the on-roster bands, everybody else by the off-roster ones.
    floor
        Similarity (percent) from which candidates were asked for.
    look_alikes
        Of each student in a confusable pair, everybody the student may be taken for.
    """
    claims = [claims_of(seat, calibration, floor) for seat in follow(faces)]
    given = _assign(claims, roster, bands)
    certain = frozenset(
        student_id
        for claim, student_id in zip(claims, given, strict=True)
        if student_id is not None and _certainty_band(claim, student_id, roster, bands) == "recognised"
    )
    sightings = tuple(
        sighting
        for claim, student_id in zip(claims, given, strict=True)
        if student_id is not None
        for sighting in _sightings(
            claim, student_id, certain, roster, bands, look_alikes.get(student_id, frozenset())
        )
    )
    return Sightings(
        sightings=tuple(sorted(sightings, key=lambda sighting: (sighting.frame, sighting.face))),
        faces=len(faces),
        unknown_faces=len(faces) - len(sightings),
        unsearched_faces=sum(face.outcome in {"over_budget", "failed"} for face in faces),
        guests=frozenset(s.student_id for s in sightings if not s.on_roster and s.band == "recognised"),
    )


def _certainty(student_id: str, looks: Sequence[Face], calibration: Calibration, floor: float) -> float:
    weights = []
    for face in looks:
        similarities = {candidate.student_id: candidate.similarity for candidate in face.candidates}
        least = min(similarities.values(), default=floor)
        weights.append(calibration.weigh(similarities.get(student_id, least), face.view))
    return calibration.certainty(weights)


def _assign(claims: Sequence[Claims], roster: frozenset[str], bands: EngineBands) -> Sequence[str | None]:
    """To each place a student or nobody: the greatest sum of certainties above the doubtful bands."""
    students = sorted({student_id for claim in claims for student_id in claim.certainty})
    if not students:
        return [None] * len(claims)
    gain = np.zeros((len(claims), len(students)))
    for row, claim in enumerate(claims):
        for column, student_id in enumerate(students):
            certainty = claim.certainty.get(student_id, 0.0)
            # A claim at the very edge of the band still beats nobody's.
            gain[row, column] = max(certainty - _bands(student_id, roster, bands).doubtful + 1e-6, 0.0)
    # One "nobody" column a place, gaining nothing, makes staying unknown an option of the assignment.
    cost = np.hstack([-gain, np.zeros((len(claims), len(claims)))])
    _, assigned, _ = lapjv(cost, extend_cost=True)
    return [
        students[int(column)] if column < len(students) and gain[row, int(column)] > 0 else None
        for row, column in enumerate(assigned)
    ]


def _certainty_band(claim: Claims, student_id: str, roster: frozenset[str], bands: EngineBands) -> Band:
    more = bands.clear_views.more_for(claim.expected)
    return _bands(student_id, roster, bands).of(claim.certainty[student_id], more)


def _sightings(
    claim: Claims,
    student_id: str,
    certain: frozenset[str],
    roster: frozenset[str],
    bands: EngineBands,
    look_alikes: frozenset[str],
) -> list[Sighting]:
    """A place's faces: doubtful where somebody who sits nowhere else is nearly as certain to sit here.

    Where a look-alike sits is no safer than where the student does, so a look-alike is a rival anyway.
    """
    band = _certainty_band(claim, student_id, roster, bands)
    lead = {rival: claim.certainty[student_id] - other for rival, other in claim.certainty.items()}
    is_near = any(
        lead[rival] < (bands.look_alike_margin if rival in look_alikes else bands.margin)
        for rival in lead
        if rival != student_id and (rival in look_alikes or rival not in certain)
    )
    if band == "recognised" and is_near:
        band = "doubtful"
    return [
        Sighting(
            student_id=student_id,
            frame=face.frame,
            face=face.index,
            box=face.box,
            similarity=next((c.similarity for c in face.candidates if c.student_id == student_id), None),
            band=band,
            on_roster=student_id in roster,
            certainty=claim.certainty[student_id],
            needed=_bands(student_id, roster, bands).recognised + bands.clear_views.more_for(claim.expected),
            look_alikes=look_alikes,
        )
        for face in claim.seat.faces
    ]


def _bands(student_id: str, roster: frozenset[str], bands: EngineBands) -> Bands:
    return bands.on_roster if student_id in roster else bands.off_roster
