"""face_recognition with its defaults: HOG detector, pictures doubled once, small landmarks, tolerance 0.6."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import face_recognition  # type: ignore[import-not-found]  # of the peers' environment
import numpy as np

from benchmarks.peers.answering import answer_requests


class FaceRecognitionScript:
    """The nearest enrolled face within the tolerance is who it is."""

    def __init__(self) -> None:
        self._owners: list[str] = []
        self._known: list[Any] = []

    def enrol(self, portraits: Mapping[str, Sequence[str]]) -> Iterable[str]:
        """Keep every portrait's first face."""
        self._owners, self._known = [], []
        for student_id, paths in portraits.items():
            for path in paths:
                encodings = face_recognition.face_encodings(face_recognition.load_image_file(path))
                if encodings:
                    self._owners.append(student_id)
                    self._known.append(encodings[0])
        return set(self._owners)

    def take(self, frames: Sequence[str]) -> Iterable[str]:
        """Look at every face of every frame."""
        found = set()
        for path in frames:
            for encoding in face_recognition.face_encodings(face_recognition.load_image_file(path)):
                within = face_recognition.compare_faces(self._known, encoding)
                nearest = int(np.argmin(face_recognition.face_distance(self._known, encoding)))
                if within[nearest]:
                    found.add(self._owners[nearest])
        return found


if __name__ == "__main__":
    answer_requests(FaceRecognitionScript())
