"""Each miss of an evaluation with its picture: one HTML file for the person who asked, never for the project.

The file holds the faces it shows, so it may be read without the class set; it is theirs to keep or delete.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np

from attendance.contracts.workflow import CaptureCandidates, SearchedFace, StoredBox
from attendance.domain.registers import Mark
from benchmarks.class_sets import ClassSet, LabelledCapture, LabelledFace
from benchmarks.judging import SAME_FACE, Misidentification, is_presence, overlap
from benchmarks.measured_class import TakenRoll

Kind = Literal["missed", "doubtful", "false present", "false doubtful", "misidentified"]

_SIDE: Final = 128
_AROUND: Final = 0.6
"""Shown around a face on each side, in its widths."""

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
article{border-top:1px solid #ccc;padding:1rem 0}
figure{display:inline-block;margin:0 .5rem .5rem 0;font-size:12px;vertical-align:top;max-width:8.5rem}
img{display:block;width:128px;height:128px;object-fit:cover;background:#eee}
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, JPEG, and what is to be said under it."""

    picture: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Miss:
    """What went wrong with one student, or with one face."""

    kind: Kind
    capture: str
    who: str
    explanation: str
    shown: tuple[Shown, ...]


@dataclass
class MissReport:
    """The misses of one class set."""

    class_set: ClassSet
    misses: list[Miss] = field(default_factory=list)

    def add(self, capture: LabelledCapture, taken: TakenRoll, wrong: Sequence[Misidentification]) -> None:
        """Look through the marks and faces of a capture."""
        for student_id, was_present in capture.present.items():
            mark = taken.register.marks[student_id]
            kind = _kind(mark, was_present=was_present)
            if kind in {"missed", "doubtful"}:
                self.misses.append(self._missed(kind, capture, taken, mark))
            elif kind is not None:
                self.misses.append(self._false(kind, capture, taken, mark))
        for one in wrong:
            shown = _cut(capture, one.face.frame, _ratios(one.face, capture), f"frame {one.face.frame}")
            text = f"This is {self._name(one.face.who)}, recognised as {self._name(one.given_to)}."
            portraits = self._portraits(one.given_to)
            self.misses.append(
                Miss(
                    "misidentified", capture.capture_id, self._name(one.face.who), text, (*shown, *portraits)
                )
            )

    def write(self, folder: Path) -> Path:
        """The report as a file of the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.class_set.name}.html"
        path.write_text("".join(self._html()), encoding="utf-8")
        return path

    def _missed(self, kind: Kind, capture: LabelledCapture, taken: TakenRoll, mark: Mark) -> Miss:
        own = [face for face in capture.faces or () if face.who == mark.student_id]
        lines, shown = [], list(self._portraits(mark.student_id))
        for face in own:
            found = _found(face, capture, taken.candidates)
            line = f"frame {face.frame}: {_said_of(found, mark.student_id)}"
            lines.append(line)
            shown += _cut(capture, face.frame, _ratios(face, capture), f"{line}, {face.width:.0f} px")
        if not own:
            lines.append("Nobody wrote down where the student is in the picture.")
        if mark.review:
            evidence = mark.review.evidence
            lines.append(f"certainty {evidence.certainty:.1f} of {evidence.needed:.1f} needed")
        return Miss(kind, capture.capture_id, self._name(mark.student_id), "; ".join(lines), tuple(shown))

    def _false(self, kind: Kind, capture: LabelledCapture, taken: TakenRoll, mark: Mark) -> Miss:
        given = [s for s in taken.sightings.sightings if s.student_id == mark.student_id]
        shown = list(self._portraits(mark.student_id))
        for sighting in given:
            similarity = "for its place" if sighting.similarity is None else f"{sighting.similarity:.0f} %"
            shown += _cut(capture, sighting.frame, sighting.box, f"frame {sighting.frame}: {similarity}")
        certainty = max((s.certainty for s in given), default=0.0)
        needed = max((s.needed for s in given), default=0.0)
        text = f"Not in the room. Certainty {certainty:.1f} of {needed:.1f} needed."
        return Miss(kind, capture.capture_id, self._name(mark.student_id), text, tuple(shown))

    def _name(self, who: str) -> str:
        return f"{self.class_set.students[who]} ({who})" if who in self.class_set.students else who

    def _portraits(self, student_id: str) -> Iterator[Shown]:
        for path in self.class_set.portraits.get(student_id, ()):
            pixels = cv2.imread(str(path))
            if pixels is not None:
                side = min(pixels.shape[:2])
                yield Shown(_jpeg(np.asarray(pixels[:side, :side], np.uint8)), "enrolled")

    def _html(self) -> Iterator[str]:
        title = f"{self.class_set.name}: {len(self.misses)} misses"
        yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        yield f"<style>{_STYLE}</style><h1>{escape(title)}</h1>"
        for miss in self.misses:
            yield f"<article><h2>{escape(f'{miss.capture}: {miss.kind}, {miss.who}')}</h2>"
            yield f"<p>{escape(miss.explanation)}</p>"
            for shown in miss.shown:
                data = base64.b64encode(shown.picture).decode()
                caption = escape(shown.caption)
                yield f'<figure><img alt="{caption}" src="data:image/jpeg;base64,{data}">{caption}</figure>'
            yield "</article>"


def _kind(mark: Mark, *, was_present: bool) -> Kind | None:
    if is_presence(mark):
        return None if was_present else "false present"
    if was_present:
        return "doubtful" if mark.review else "missed"
    return "false doubtful" if mark.review else None


def _found(face: LabelledFace, capture: LabelledCapture, searched: CaptureCandidates) -> SearchedFace | None:
    """The detected face that lies on a labelled one."""
    near = [one for one in searched.faces if one.frame == face.frame]
    best = max(near, key=lambda one: overlap(face, one.box, capture), default=None)
    return best if best is not None and overlap(face, best.box, capture) >= SAME_FACE else None


def _said_of(found: SearchedFace | None, student_id: str) -> str:
    if found is None:
        return "not detected"
    if found.outcome != "searched":
        return {"settled": "its place was settled", "over_budget": "beyond the budget", "failed": "failed"}[
            found.outcome
        ]
    ranks: Mapping[str, int] = {c.student_id: rank for rank, c in enumerate(found.candidates, start=1)}
    if student_id not in ranks:
        return "not among the nearest"
    similarity = next(c.similarity for c in found.candidates if c.student_id == student_id)
    return f"{similarity:.0f} %, place {ranks[student_id]}"


def _ratios(face: LabelledFace, capture: LabelledCapture) -> StoredBox:
    return StoredBox(
        left=face.x / capture.width,
        top=face.y / capture.height,
        width=face.width / capture.width,
        height=face.height / capture.height,
    )


def _cut(capture: LabelledCapture, frame: int, box: StoredBox, caption: str) -> Iterator[Shown]:
    """A face of a frame with some surroundings; nothing where the frame cannot be read."""
    path = capture.frames.get(frame)
    pixels = None if path is None else cv2.imread(str(path))
    if pixels is None:
        return
    height, width = pixels.shape[:2]
    edge = _AROUND * box.width * width
    top, bottom = max(0, int(box.top * height - edge)), int((box.top + box.height) * height + edge)
    left, right = max(0, int(box.left * width - edge)), int((box.left + box.width) * width + edge)
    yield Shown(_jpeg(np.asarray(pixels[top:bottom, left:right], np.uint8)), caption)


def _jpeg(pixels: np.ndarray) -> bytes:
    scale = _SIDE / max(pixels.shape[:2])
    resized = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".jpg", resized, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
