"""The rooms that have a camera, and what is on in them."""

from dataclasses import dataclass
from datetime import datetime

from attendance.domain.rosters import Section
from attendance.domain.timetable import Meeting
from attendance.ports import DeviceRegistry, SchoolStore


@dataclass(frozen=True, slots=True)
class RoomOverview:
    """`meeting` and `section` are None where the room has no lesson now."""

    room_id: str
    cameras: tuple[str, ...]
    meeting: Meeting | None
    section: Section | None


def list_rooms(
    school_id: str, now: datetime, *, schools: SchoolStore, registry: DeviceRegistry
) -> tuple[RoomOverview, ...]:
    cameras = registry.cameras(school_id)
    running = {meeting.room_id: meeting for meeting in schools.timetable(school_id).running_at(now)}
    sections = {section.section_id: section for section in schools.sections(school_id)}
    rooms = sorted({camera.room_id for camera in cameras})
    return tuple(
        RoomOverview(
            room_id=room_id,
            cameras=tuple(sorted(camera.device_id for camera in cameras if camera.room_id == room_id)),
            meeting=running.get(room_id),
            section=sections.get(running[room_id].section_id) if room_id in running else None,
        )
        for room_id in rooms
    )
