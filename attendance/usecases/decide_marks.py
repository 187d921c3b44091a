"""DecideMarks: which student is each face of a capture?"""

from collections.abc import Mapping, Sequence

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import CaptureCandidates, CaptureRef, CaptureSightings, DecidedMarks
from attendance.domain.calibrations import calibration_of
from attendance.domain.confusables import look_alikes
from attendance.domain.decision import decide_sightings
from attendance.domain.policy import Policy
from attendance.domain.sightings import Face, Sightings
from attendance.ports import ObjectStore, SchoolStore
from attendance.usecases.change_register import find_meeting, roster_of
from attendance.usecases.stored import face_of, stored_face, stored_sighting


def decide_marks(
    ref: CaptureRef, meeting_id: str, *, files: ObjectStore, schools: SchoolStore
) -> DecidedMarks:
    """Decide and store who was given which face.

    Raises
    ------
    EngineNotCalibratedError
        The policy has no bands for the engine that searched, or nobody has calibrated it.
    NotFoundError
        The timetable has no such meeting any more.
    """
    place = CapturePrefix(ref.school_id, ref.device_id, ref.capture_id)
    searched = CaptureCandidates.model_validate_json(files.read(place.candidates))
    faces = [face_of(face) for face in searched.faces]
    policy = schools.policy(ref.school_id)
    roster = roster_of(find_meeting(ref.school_id, meeting_id, schools), ref.school_id, schools)
    alike = look_alikes(schools.confusable_pairs(ref.school_id))
    decided = decide_faces(faces, searched.engine, roster, policy, alike)
    given = {(sighting.frame, sighting.face) for sighting in decided.sightings}
    files.write(
        place.sightings,
        CaptureSightings(
            meeting_id=meeting_id,
            policy_version=policy.version,
            sightings=tuple(stored_sighting(sighting) for sighting in decided.sightings),
            unknown=tuple(stored_face(face) for face in faces if (face.frame, face.index) not in given),
        ),
    )
    recognised = {s.student_id for s in decided.sightings if s.band == "recognised" and s.on_roster}
    doubtful = {s.student_id for s in decided.sightings if s.on_roster} - recognised
    return DecidedMarks(
        recognised=len(recognised), doubtful=len(doubtful), unknown_faces=decided.unknown_faces
    )


def decide_faces(
    faces: Sequence[Face],
    engine: str | None,
    roster: frozenset[str],
    policy: Policy,
    alike: Mapping[str, frozenset[str]],
) -> Sightings:
    """Decide with the bands of the engine that searched; without references nobody is known."""
    if engine is None:
        unsearched = sum(face.outcome != "searched" for face in faces)
        return Sightings((), faces=len(faces), unknown_faces=len(faces), unsearched_faces=unsearched)
    return decide_sightings(
        faces, roster, policy.bands_of(engine), calibration_of(engine), policy.search_floor, alike
    )
