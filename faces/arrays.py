"""Names for the arrays that the engine's modules hand to each other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, 3), blue-green-red, 0..255."""

Vector = NDArray[np.float32]
"""(128,), unit length."""

Points = NDArray[np.float64]
"""(n, 2), x and y."""

Affine = NDArray[np.float64]
"""(2, 3), maps a point (x, y, 1) to a point (x, y)."""

Floats = NDArray[np.floating[Any]]
