"""What a camera makes of a painted scene: daylight, a soft lens, the noise of a sensor, a JPEG."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from demo.brush import Canvas, Floats

_VIGNETTE: Final = 0.14
"""How much darker the corners are than the middle."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A camera's shortcomings.

    Attributes
    ----------
    blur : pixels, standard deviation
    noise : standard deviation of the noise of a mid-grey pixel, of 255
    jpeg_quality : 1..100
    """

    blur: float = 0.75
    noise: float = 2.6
    jpeg_quality: int = 88


def vignette(width: int, height: int) -> Floats:
    """Return the factors by which a lens darkens its corners, (height, width, 1)."""
    across = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    down = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    return np.asarray(1.0 - _VIGNETTE * ((across**2 + down**2) / 2.0) ** 2, np.float32)[..., None]


def photograph(
    scene: Canvas,
    light: Floats,
    lens: Lens,
    chance: np.random.Generator,
    exposure: float,
    size: tuple[int, int],
) -> bytes:
    """Take a picture of a scene.

    Parameters
    ----------
    scene : Canvas
        What is before the camera.
    light : (h, w, 3)
        Factors of the light on each pixel's blue, green, red.
    lens : Lens
        The camera's shortcomings.
    chance : numpy.random.Generator
        Where the noise comes from.
    exposure : float
        A factor on the brightness; 1 is right.
    size : tuple of int
        Width and height of the picture in pixels.

    Returns
    -------
    bytes
        A JPEG.
    """
    exposed = cv2.GaussianBlur(scene.pixels * light, (0, 0), lens.blur) * np.float32(exposure)
    exposed = np.asarray(cv2.resize(exposed, size, interpolation=cv2.INTER_AREA), np.float32)
    grain = chance.standard_normal(exposed.shape[:2], np.float32) * np.float32(lens.noise)
    # Shot noise grows with the root of the light; dark corners keep the sensor's own.
    level = cv2.cvtColor(np.clip(exposed, 0.0, 255.0).astype(np.float32), cv2.COLOR_BGR2GRAY)
    noisy = exposed + (grain * (0.5 + 0.5 * np.sqrt(level / 128.0)))[..., None]
    picture = np.clip(noisy + 0.5, 0.0, 255.0).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, lens.jpeg_quality])
    return jpeg.tobytes()
