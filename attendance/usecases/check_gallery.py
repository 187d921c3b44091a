"""Check a school's face references: each against the student's others, and against everyone's."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from attendance.domain.confusables import CONFUSABLE, ConfusablePair
from attendance.domain.portraits import LEAST_LIKENESS, Portrait
from attendance.ports import FaceIndex, KnownReference, ReferenceMatch, SchoolStore, StudentStore
from attendance.usecases.forget_references import forget_references

# Among so many nearest ones a student's own others are found, unless something is wrong with the reference.
_NEIGHBOURS: Final = 50


@dataclass(frozen=True, slots=True)
class Outlier:
    """A reference that is unlike all others of its student: most often somebody else's photo.

    Parameters
    ----------
    similarity
        Percent, to the nearest of the student's others; None where none of them is among its neighbours.
    nearest
        The nearest reference of another student.
    """

    reference: KnownReference
    similarity: float | None
    nearest: ReferenceMatch | None


@dataclass(frozen=True, slots=True)
class NearReferences:
    """References of two students that are too near: twins, siblings, or a photo put to the wrong name."""

    first: KnownReference
    second: KnownReference
    similarity: float


@dataclass(frozen=True, slots=True)
class GalleryReport:
    """What was found wrong.

    Parameters
    ----------
    alone
        Students with one reference, which nothing can be said about but its distance to others.
    without_consent
        References of students who have no consent that is valid today.
    orphans
        References that no portrait knows of: left behind where a step was killed.
    missing
        References that an enrolled portrait names and the index does not have, as student and reference id.
    unrecorded_pairs, ended_pairs
        Confusable pairs that are not stored, and stored ones that no references speak for any more.
    """

    students: int
    references: int
    alone: int
    outliers: tuple[Outlier, ...]
    near: tuple[NearReferences, ...]
    without_consent: tuple[KnownReference, ...] = ()
    orphans: tuple[KnownReference, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    unrecorded_pairs: tuple[ConfusablePair, ...] = ()
    ended_pairs: tuple[ConfusablePair, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not (
            self.outliers
            or self.near
            or self.without_consent
            or self.orphans
            or self.missing
            or self.unrecorded_pairs
            or self.ended_pairs
        )


def compare_references(school_id: str, *, index: FaceIndex) -> GalleryReport:
    """Compare every reference with its neighbours; with Rekognition, one search a reference."""
    known = index.references(school_id)
    own = Counter(reference.student_id for reference in known)
    outliers: list[Outlier] = []
    near: dict[frozenset[str], NearReferences] = {}
    for reference in known:
        found = index.neighbours(school_id, reference.reference_id, floor=0.0, limit=_NEIGHBOURS)
        others = [match for match in found if match.reference.student_id != reference.student_id]
        if own[reference.student_id] > 1:
            outliers.extend(_outlier(reference, found, others))
        for match in others:
            if match.similarity >= CONFUSABLE:
                both = frozenset({reference.reference_id, match.reference.reference_id})
                near.setdefault(both, NearReferences(reference, match.reference, match.similarity))
    return GalleryReport(
        students=len(own),
        references=len(known),
        alone=sum(count == 1 for count in own.values()),
        outliers=tuple(sorted(outliers, key=lambda outlier: outlier.similarity or 0.0)),
        near=tuple(sorted(near.values(), key=lambda pair: -pair.similarity)),
    )


def check_gallery(
    school_id: str, now: datetime, *, index: FaceIndex, schools: SchoolStore, students: StudentStore
) -> GalleryReport:
    """The same, and whether index, portraits, consents and confusable pairs agree."""
    # Before the references, so that a pair which is being recorded now is not taken for one that has ended.
    stored = {(pair.first, pair.second): pair for pair in schools.confusable_pairs(school_id)}
    compared = compare_references(school_id, index=index)
    nearest = _pairs(compared.near, now)
    known = {reference.reference_id: reference for reference in index.references(school_id)}
    enrolled, waiting = _enrolled(_portraits(school_id, students))
    today = schools.timetable(school_id).local_date(now)
    without_consent = {
        student_id
        for student_id in {reference.student_id for reference in known.values()}
        if (consent := students.consent(school_id, student_id)) is None or not consent.is_valid_on(today)
    }
    return replace(
        compared,
        without_consent=tuple(r for r in known.values() if r.student_id in without_consent),
        # A reference that is being stored this moment is not named by its portrait yet.
        orphans=tuple(r for key, r in known.items() if key not in enrolled and r.student_id not in waiting),
        missing=tuple((student_id, key) for key, student_id in enrolled.items() if key not in known),
        unrecorded_pairs=tuple(pair for key, pair in nearest.items() if key not in stored),
        ended_pairs=tuple(pair for key, pair in stored.items() if key not in nearest),
    )


def mend_gallery(
    school_id: str,
    report: GalleryReport,
    *,
    index: FaceIndex,
    schools: SchoolStore,
    students: StudentStore,
) -> None:
    """Do what needs no judgement; outliers and near references are for a person to look at.

    References without consent and orphans are forgotten, and the confusable pairs are made to agree.
    """
    for pair in report.unrecorded_pairs:
        schools.put_confusable_pair(school_id, pair)
    for pair in report.ended_pairs:
        schools.remove_confusable_pair(school_id, pair)
    gone = [reference.reference_id for reference in (*report.without_consent, *report.orphans)]
    forget_references(school_id, gone, index=index, schools=schools, students=students)


def lines_of(report: GalleryReport) -> Iterator[str]:
    """A report for whoever asked, with ids and no names."""
    yield (
        f"{report.references} face references of {report.students} students; "
        f"{report.alone} students have only one"
    )
    for outlier in report.outliers:
        own = "like none" if outlier.similarity is None else f"{outlier.similarity:.1f} % like the nearest"
        nearest = outlier.nearest
        other = f"; {nearest.similarity:.1f} % like {_named(nearest.reference)}" if nearest else ""
        yield f"  unlike its student: {_named(outlier.reference)} is {own} of the student's others{other}"
    for pair in report.near:
        yield f"  too near: {_named(pair.first)} and {_named(pair.second)}, {pair.similarity:.1f} %"
    for reference in report.without_consent:
        yield f"  without consent: {_named(reference)}"
    for orphan in report.orphans:
        yield f"  left behind: no portrait knows of {_named(orphan)}"
    for student_id, reference_id in report.missing:
        yield f"  missing: {student_id}'s {reference_id} is not in the index; enrol that portrait again"
    for new in report.unrecorded_pairs:
        yield f"  not recorded: {new.first} and {new.second} are a confusable pair"
    for ended in report.ended_pairs:
        yield f"  ended: {ended.first} and {ended.second} are no confusable pair any more"
    if report.is_sound:
        yield "  nothing is wrong with them"


def _named(reference: KnownReference) -> str:
    return f"{reference.student_id}'s {reference.reference_id}"


def _outlier(
    reference: KnownReference, found: Sequence[ReferenceMatch], others: Sequence[ReferenceMatch]
) -> Iterable[Outlier]:
    own = [match.similarity for match in found if match.reference.student_id == reference.student_id]
    if not own or own[0] < LEAST_LIKENESS:
        yield Outlier(reference, own[0] if own else None, others[0] if others else None)


def _pairs(near: Iterable[NearReferences], now: datetime) -> dict[tuple[str, str], ConfusablePair]:
    """One a pair of students, of their two nearest references; `near` has the nearest first."""
    pairs: dict[tuple[str, str], ConfusablePair] = {}
    for both in near:
        pair = ConfusablePair.of(
            both.first.student_id, both.second.student_id, similarity=both.similarity, found_at=now
        )
        pairs.setdefault((pair.first, pair.second), pair)
    return pairs


def _portraits(school_id: str, students: StudentStore) -> Iterator[Portrait]:
    for student in students.students(school_id):
        yield from students.portraits(school_id, student.student_id)


def _enrolled(portraits: Iterable[Portrait]) -> tuple[dict[str, str], set[str]]:
    """Whose each named reference is, and who has a portrait on its way."""
    enrolled, waiting = {}, set()
    for portrait in portraits:
        if portrait.face_reference_id is not None:
            enrolled[portrait.face_reference_id] = portrait.student_id
        elif portrait.status == "waiting":
            waiting.add(portrait.student_id)
    return enrolled, waiting
