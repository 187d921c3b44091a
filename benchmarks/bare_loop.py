"""The least that recognising the faces of a picture takes: decode, detect, align, embed."""

from faces.align import chip
from faces.detector import Detector
from faces.embedder import Embedder
from faces.image import read_picture
from faces.models import model_directory


class BareLoop:
    """The engine's two networks, without refinement, gallery or workflow around them."""

    def __init__(self) -> None:
        directory = model_directory()
        self._detector = Detector(directory)
        self._embedder = Embedder(directory)

    def run(self, data: bytes) -> int:
        """Embed every face of an encoded picture; how many there were."""
        picture = read_picture(data)
        found = self._detector.detect(picture)
        for face in found:
            self._embedder.embed(chip(picture.pixels, face.points() / picture.scale))
        return len(found)
