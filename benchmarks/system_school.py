"""A school for measuring the running system: one small class, taught in as many rooms as wanted all day.

Its cameras are played: a capture is put where a camera's upload would put it, so that the moment of the last
byte is known.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_clock
from hashlib import sha256
from typing import Final

from attendance.adapters.iot import CAMERA_TYPE
from attendance.adapters.s3 import S3ObjectStore
from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.upload import Manifest, ManifestFrame
from attendance.domain.captures import Capture
from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.rosters import Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from benchmarks.crowds import Person
from benchmarks.measured_class import Frame
from local.emulator.clients import Clients
from local.schools import EnrolledStudent, LocalSchool
from local.stores import Stores

SCHOOL: Final = "bench"
_PERIOD: Final = "day"


def school_of(people: Sequence[Person], rooms: Sequence[str]) -> LocalSchool:
    """Everybody is on the roster of every room, so that each room's roll is the same work."""
    sections = tuple(Section(f"sec-{room}", f"Class in {room}", frozenset()) for room in rooms)
    return LocalSchool(
        school_id=SCHOOL,
        name="Measured School",
        # Nothing is due by itself.
        policy=replace(DEFAULT_POLICY, version="bench-1", capture_moments=()),
        timetable=Timetable(
            time_zone="UTC",
            periods=(Period(_PERIOD, wall_clock(0), wall_clock(0)),),
            lessons=tuple(
                Lesson(f"sec-{room}", room, weekday, _PERIOD) for room in rooms for weekday in range(1, 8)
            ),
        ),
        sections=sections,
        students=tuple(
            EnrolledStudent(
                Student(person.name, person.name.replace("-", " ").title()),
                tuple(section.section_id for section in sections),
                (person.portrait,),
            )
            for person in people
        ),
        cameras={},
        accounts={"admin": ("admin",)},
        admin_thing=f"{SCHOOL}-admin",
    )


def register_cameras(rooms: Sequence[str], clients: Clients) -> None:
    """Make the Things that the captures of these rooms are of."""
    iot = clients.client("iot")
    for room in rooms:
        iot.create_thing(
            thingName=_camera(room),
            thingTypeName=CAMERA_TYPE,
            attributePayload={"attributes": {"school": SCHOOL, "room": room}},
        )


@dataclass(frozen=True, slots=True)
class PlayedCapture:
    """A capture whose frames are uploaded, and whose manifest is not."""

    capture_id: str
    room: str
    manifest_key: str
    manifest: bytes


def upload_frames(room: str, burst: Sequence[Frame], stores: Stores, files: S3ObjectStore) -> PlayedCapture:
    """Ask for a capture of a room and upload its frames."""
    now = datetime.now(UTC)
    capture = Capture(
        school_id=SCHOOL,
        device_id=_camera(room),
        capture_id=str(uuid.uuid4()),
        room_id=room,
        trigger="adhoc",
        requested_by="bench",
        requested_at=now,
        expires_at=now + timedelta(minutes=5),
        status="IN_PROGRESS",
    )
    stores.captures.add(capture)
    place = CapturePrefix(SCHOOL, capture.device_id, capture.capture_id)
    for frame in burst:
        files.put(place.file(f"{frame.number}.jpg"), frame.data, "image/jpeg")
    manifest = Manifest(
        capture_id=capture.capture_id,
        device_id=capture.device_id,
        frames=tuple(
            ManifestFrame(
                name=f"{frame.number}.jpg",
                bytes=len(frame.data),
                sha256=sha256(frame.data).hexdigest(),
                taken_at=now,
                width=frame.width,
                height=frame.height,
            )
            for frame in burst
        ),
    )
    return PlayedCapture(capture.capture_id, room, place.manifest, manifest.to_json())


def _camera(room: str) -> str:
    return f"{SCHOOL}-{room}-1"
