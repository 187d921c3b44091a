"""Everything the routes need, wired once a process."""

from dataclasses import dataclass

from attendance.ports import (
    CaptureStore,
    Clock,
    DeviceRegistry,
    Messenger,
    ObjectStore,
    RegisterStore,
    SchoolStore,
    StudentStore,
)
from attendance.usecases.view_pictures import ViewLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    schools: SchoolStore
    students: StudentStore
    captures: CaptureStore
    registers: RegisterStore
    pictures: ObjectStore
    """The bucket of captures."""
    portraits: ObjectStore
    registry: DeviceRegistry
    messenger: Messenger
    views: ViewLog
    clock: Clock
