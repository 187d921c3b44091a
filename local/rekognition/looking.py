"""Looking at a picture: its faces, how good they are, and how Rekognition describes them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from faces import DetectedFace, FaceEngine, FaceQuality, Picture
from local.rekognition import limits

if TYPE_CHECKING:
    from mypy_boto3_rekognition.literals import LandmarkTypeType
    from mypy_boto3_rekognition.type_defs import (
        BoundingBoxTypeDef,
        FaceDetailTypeDef,
        ImageQualityTypeDef,
        LandmarkTypeDef,
        PoseTypeDef,
    )

MOST_FACES: Final = 100
"""Rekognition looks at the 100 largest faces of a picture."""

_LANDMARKS: Final[tuple["LandmarkTypeType", ...]] = (
    "eyeLeft",
    "eyeRight",
    "nose",
    "mouthLeft",
    "mouthRight",
)


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of a picture, and how good it is."""

    picture: Picture
    face: DetectedFace
    quality: FaceQuality

    @property
    def confidence(self) -> float:
        """Per cent."""
        return min(100.0, 100.0 * self.face.score)

    def box(self) -> "BoundingBoxTypeDef":
        """Return the bounding box in ratios of the picture."""
        box, picture = self.face.box, self.picture
        return {
            "Width": box.width / picture.width,
            "Height": box.height / picture.height,
            "Left": box.x / picture.width,
            "Top": box.y / picture.height,
        }

    def landmarks(self) -> "list[LandmarkTypeDef]":
        """Return the five landmarks, in ratios of the picture."""
        return [
            {"Type": name, "X": x / self.picture.width, "Y": y / self.picture.height}
            for name, (x, y) in zip(_LANDMARKS, self.face.landmarks, strict=True)
        ]

    def pose(self) -> "PoseTypeDef":
        """Return the turn of the head, degrees."""
        pose = self.quality.pose
        return {"Roll": pose.roll, "Yaw": pose.yaw, "Pitch": pose.pitch}

    def image_quality(self) -> "ImageQualityTypeDef":
        """Return brightness and sharpness, per cent."""
        return {"Brightness": self.quality.brightness, "Sharpness": self.quality.sharpness}

    def detail(self) -> "FaceDetailTypeDef":
        """Return the default attributes of a FaceDetail; no model here knows the others."""
        return {
            "BoundingBox": self.box(),
            "Landmarks": self.landmarks(),
            "Pose": self.pose(),
            "Quality": self.image_quality(),
            "Confidence": self.confidence,
        }


def look(engine: FaceEngine, picture: Picture, *, strict: bool) -> list[SeenFace]:
    """Return the 100 largest faces of a picture, largest first.

    Raises
    ------
    InvalidParameterException
        In strict mode, when the picture is too small.
    """
    if strict:
        limits.check_image_size(picture)
    faces = engine.detect(picture)
    if strict:
        faces = limits.large_enough(picture, faces)
    return [SeenFace(picture, face, engine.assess(picture, face)) for face in faces[:MOST_FACES]]
