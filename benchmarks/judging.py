"""What a register and its sightings are worth against the truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from attendance.contracts.workflow import CaptureSightings, StoredBox
from attendance.domain.registers import Mark, Register
from benchmarks.class_sets import LabelledCapture, LabelledFace

# From this intersection over union a detected box and a labelled one are the same face.
SAME_FACE = 0.3


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one class set, or of several.

    Attributes
    ----------
    recognised, doubtful
        Present students marked present or late; and those not, but with a review.
    false_present, false_doubtful
        The same of absent students.
    misidentified
        Labelled faces that were recognised as somebody else, strangers' included.
    seconds, bare_seconds
        From file bytes to decision, and of a bare loop over the same frames.
    """

    set: str
    captures: int = 0
    present: int = 0
    recognised: int = 0
    doubtful: int = 0
    absent: int = 0
    false_present: int = 0
    false_doubtful: int = 0
    misidentified: int = 0
    frames: int = 0
    seconds: float = 0.0
    bare_seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        rounded = {"seconds": round(self.seconds, 3), "bare_seconds": round(self.bare_seconds, 3)}
        return asdict(self) | rounded


def add_scores(scores: Iterable[Score], name: str) -> Score:
    scores = list(scores)
    counts = [field.name for field in fields(Score) if field.name != "set"]
    return Score(name, **{count: sum(getattr(score, count) for score in scores) for count in counts})


def is_presence(mark: Mark) -> bool:
    """Whether a mark says that the student was there."""
    return mark.status in {"present", "late"}


def judge_marks(register: Register, present: Mapping[str, bool]) -> Score:
    """Count the marks of the students whose presence is known; others are not judged."""
    score = Score("")
    for student_id, was_present in present.items():
        mark = register.marks[student_id]
        is_present = is_presence(mark)
        is_doubtful = not is_present and mark.review is not None
        if was_present:
            score = replace(
                score,
                present=score.present + 1,
                recognised=score.recognised + is_present,
                doubtful=score.doubtful + is_doubtful,
            )
        else:
            score = replace(
                score,
                absent=score.absent + 1,
                false_present=score.false_present + is_present,
                false_doubtful=score.false_doubtful + is_doubtful,
            )
    return score


@dataclass(frozen=True, slots=True)
class Misidentification:
    """A labelled face that was recognised as somebody else."""

    face: LabelledFace
    given_to: str


def misidentified(capture: LabelledCapture, sightings: CaptureSightings) -> Sequence[Misidentification]:
    """Every labelled face on which a recognised sighting of another person lies."""
    wrong = []
    recognised = [sighting for sighting in sightings.sightings if sighting.band == "recognised"]
    for face in capture.faces or ():
        for sighting in recognised:
            is_here = sighting.frame == face.frame and overlap(face, sighting.box, capture) >= SAME_FACE
            if is_here and sighting.student_id != face.who:
                wrong.append(Misidentification(face, sighting.student_id))
    return wrong


def overlap(face: LabelledFace, box: StoredBox, capture: LabelledCapture) -> float:
    """Intersection over union of a labelled face and a box of its frame, 0 to 1."""
    left, top = box.left * capture.width, box.top * capture.height
    width, height = box.width * capture.width, box.height * capture.height
    across = min(face.x + face.width, left + width) - max(face.x, left)
    down = min(face.y + face.height, top + height) - max(face.y, top)
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (face.width * face.height + width * height - shared)
