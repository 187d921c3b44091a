"""Look-alikes where Rekognition finds the faces."""

import pytest
from gallery_cases import GalleryCases

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]


class TestGalleryInRekognition(GalleryCases):
    """In the school that all tests of the running system share."""
