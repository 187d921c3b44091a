"""SearchFaces: whose reference is each face of a capture near?

Faces are followed across the frames by place. The best face of each place is searched first; a place that is
settled is not searched again, so a burst costs little more than one of its frames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import (
    CaptureCandidates,
    CaptureRef,
    DetectedFrame,
    FrameFaces,
    SearchedFaces,
)
from attendance.domain.calibrations import CALIBRATIONS
from attendance.domain.decision import claims_of
from attendance.domain.policy import Engine, Policy
from attendance.domain.seats import Seat, follow
from attendance.domain.sightings import Face
from attendance.ports import FaceSearcher, ObjectStore, SchoolStore
from attendance.usecases.stored import box_of, stored_face

# Rivals of one face; a class has no use for more names than this.
_CANDIDATES_A_FACE = 10

# A face by its frame and its number in it.
Place = tuple[int, int]


def search_faces(
    ref: CaptureRef,
    detected: Sequence[DetectedFrame],
    *,
    index: FaceSearcher,
    files: ObjectStore,
    schools: SchoolStore,
) -> SearchedFaces:
    """Search the faces of all frames as far as is needed, within the policy's budget; store what was found.

    A face beyond the budget is stored as such, so that nobody takes it for one that matched nobody.
    """
    place = CapturePrefix(ref.school_id, ref.device_id, ref.capture_id)
    frames = [_read(files, place, frame) for frame in detected if frame.faces]
    search = _Search(ref.school_id, frames, index, schools.policy(ref.school_id))
    search.run()
    files.write(
        place.candidates,
        CaptureCandidates(
            engine=str(search.engine) if search.engine else None,
            faces=tuple(stored_face(face) for face in search.faces.values()),
        ),
    )
    return SearchedFaces(
        faces=len(search.faces),
        searched=sum(face.outcome == "searched" for face in search.faces.values()),
        calls=search.calls,
    )


class _Search:
    """The search of one capture, in rounds: one more face of every place that is not settled."""

    def __init__(
        self, school_id: str, frames: Sequence[FrameFaces], index: FaceSearcher, policy: Policy
    ) -> None:
        self.engine: Engine | None = None
        self.calls = 0
        self._school_id = school_id
        self._index = index
        self._policy = policy
        self._frames = {frame.frame: frame for frame in frames}
        # Whatever is not reached stays beyond the budget.
        self.faces = {
            (frame.frame, face.index): Face(
                frame.frame, face.index, box_of(face.box), face.confidence, outcome="over_budget"
            )
            for frame in frames
            for face in frame.faces
        }

    def run(self) -> None:
        open_seats = list(follow(list(self.faces.values())))
        budget = self._policy.searches_per_capture
        while open_seats and budget > 0:
            best = [self._best_unseen(seat) for seat in open_seats]
            chosen = sorted(best, key=self._worth, reverse=True)[:budget]
            self._search(chosen)
            budget -= len(chosen)
            open_seats = [seat for seat in open_seats if self._is_open(seat)]

    def _search(self, places: Sequence[Face]) -> None:
        for number, frame in self._frames.items():
            wanted = [face for face in places if face.frame == number]
            if not wanted:
                continue
            found = self._index.search(
                self._school_id,
                frame.key,
                [face.box for face in wanted],
                floor=self._policy.search_floor,
                limit=_CANDIDATES_A_FACE,
            )
            self.engine = found.engine or self.engine
            self.calls += found.calls
            views = found.views or (None,) * len(wanted)
            for face, candidates, view in zip(wanted, found.candidates, views, strict=True):
                self.faces[number, face.index] = replace(
                    face, candidates=candidates, view=view, outcome="searched"
                )

    def _is_open(self, seat: Seat) -> bool:
        """Whether another look is wanted; the unseen faces of a settled place are marked so."""
        faces = [self.faces[face.frame, face.index] for face in seat.faces]
        unseen = [face for face in faces if face.outcome == "over_budget"]
        if not unseen:
            return False
        calibration = CALIBRATIONS.get(str(self.engine))
        bands = self._policy.bands.get(str(self.engine))
        if calibration is None or bands is None:
            return True
        looked_at = Seat(tuple(face for face in faces if face.outcome == "searched"))
        if not claims_of(looked_at, calibration, self._policy.search_floor).is_settled(bands):
            return True
        for face in unseen:
            self.faces[face.frame, face.index] = replace(face, outcome="settled")
        return False

    def _best_unseen(self, seat: Seat) -> Face:
        unseen = [face for face in self._current(seat) if face.outcome == "over_budget"]
        return max(unseen, key=self._worth)

    def _current(self, seat: Seat) -> Iterator[Face]:
        return (self.faces[face.frame, face.index] for face in seat.faces)

    def _worth(self, face: Face) -> tuple[float, int, int]:
        """How much a face promises: large and surely a face; earlier ones where they are equal."""
        frame = self._frames[face.frame]
        width = face.box.width * frame.width
        return face.confidence / 100 * width, -face.frame, -face.index


def _read(files: ObjectStore, place: CapturePrefix, frame: DetectedFrame) -> FrameFaces:
    return FrameFaces.model_validate_json(files.read(place.faces(frame.frame)))
