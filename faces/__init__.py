"""The face engine: pictures in, faces and unit vectors out. OpenCV and numpy, nothing else.

>>> engine = FaceEngine()
>>> picture = read_picture(data)
>>> vectors = [engine.embed(picture, face) for face in engine.detect(picture)]
"""

from faces.crops import FACE_SHARE, encode_png, search_crop
from faces.detector import Box, DetectedFace, Landmarks
from faces.engine import FaceEngine
from faces.errors import (
    FaceEngineError,
    ImageError,
    ImageFormatError,
    ImageTooLargeError,
    ImageUnreadableError,
    ModelsDamagedError,
    ModelsMissingError,
)
from faces.gallery import Gallery, Neighbour, template_of
from faces.image import Picture, read_picture
from faces.quality import FaceQuality, HeadPose
from faces.similarity import cosine_of, similarity_of

__all__ = [
    "FACE_SHARE",
    "Box",
    "DetectedFace",
    "FaceEngine",
    "FaceEngineError",
    "FaceQuality",
    "Gallery",
    "HeadPose",
    "ImageError",
    "ImageFormatError",
    "ImageTooLargeError",
    "ImageUnreadableError",
    "Landmarks",
    "ModelsDamagedError",
    "ModelsMissingError",
    "Neighbour",
    "Picture",
    "cosine_of",
    "encode_png",
    "read_picture",
    "search_crop",
    "similarity_of",
    "template_of",
]
