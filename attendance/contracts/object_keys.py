"""Keys in S3. The school and the device are part of every key, and are read back from it."""

import re
from dataclasses import dataclass

MANIFEST = "manifest.json"

_CAPTURE_FILE = re.compile(
    r"captures/(?P<school>[A-Za-z0-9][A-Za-z0-9_-]{0,63})/(?P<device>[A-Za-z0-9][A-Za-z0-9_-]{0,63})"
    r"/(?P<capture>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<name>[A-Za-z0-9._-]{1,64})"
)
_PORTRAIT = re.compile(
    r"portraits/(?P<school>[A-Za-z0-9][A-Za-z0-9_-]{0,63})/(?P<student>[A-Za-z0-9][A-Za-z0-9_-]{0,63})"
    r"/(?P<portrait>[0-9a-f]{32})"
)


class ObjectKeyInvalidError(ValueError):
    """A key is not one that this project makes."""


@dataclass(frozen=True, slots=True)
class CapturePrefix:
    """Where everything of one capture lies: frames, manifest and what the workflow found in them."""

    school_id: str
    device_id: str
    capture_id: str

    @property
    def prefix(self) -> str:
        return f"captures/{self.school_id}/{self.device_id}/{self.capture_id}/"

    def file(self, name: str) -> str:
        return f"{self.prefix}{name}"

    @property
    def manifest(self) -> str:
        return self.file(MANIFEST)

    def faces(self, frame: int) -> str:
        """Faces of one frame, written by DetectFaces."""
        return f"{self.prefix}work/faces-{frame}.json"

    @property
    def candidates(self) -> str:
        """Faces of all frames with their candidates, written by SearchFaces."""
        return f"{self.prefix}work/candidates.json"

    @property
    def sightings(self) -> str:
        """Who was given which face, written by DecideMarks."""
        return f"{self.prefix}work/sightings.json"


@dataclass(frozen=True, slots=True)
class PortraitKey:
    """One enrolment photo; `portrait_id` is a random 32-digit hexadecimal number."""

    school_id: str
    student_id: str
    portrait_id: str

    @property
    def key(self) -> str:
        return f"portraits/{self.school_id}/{self.student_id}/{self.portrait_id}"


def parse_capture_file(key: str) -> tuple[CapturePrefix, str]:
    """The capture and file name of a key that a device uploaded to. Raises ObjectKeyInvalidError."""
    found = _CAPTURE_FILE.fullmatch(key)
    if found is None:
        raise ObjectKeyInvalidError(f"not the key of a capture's file: {key!r}")
    return CapturePrefix(found["school"], found["device"], found["capture"]), found["name"]


def parse_portrait(key: str) -> PortraitKey:
    """Raises ObjectKeyInvalidError."""
    found = _PORTRAIT.fullmatch(key)
    if found is None:
        raise ObjectKeyInvalidError(f"not the key of a portrait: {key!r}")
    return PortraitKey(found["school"], found["student"], found["portrait"])
