"""DetectFaces and CompareFaces: pictures only, nothing stored."""

from typing import TYPE_CHECKING, Any

from faces import similarity_of
from local.rekognition.bars import QualityFilter, reasons_against
from local.rekognition.context import Answer, Context
from local.rekognition.errors import InvalidParameterException
from local.rekognition.looking import SeenFace, look

if TYPE_CHECKING:
    from mypy_boto3_rekognition.type_defs import CompareFacesRequestTypeDef, DetectFacesRequestTypeDef

_DEFAULT_THRESHOLD = 80.0


def detect_faces(context: Context, request: "DetectFacesRequestTypeDef") -> Answer:
    picture = context.pictures.read(request["Image"])
    with context.engines.borrowed(picture) as engine:
        seen = look(engine, picture, strict=context.settings.strict)
    return {"FaceDetails": [face.detail() for face in seen]}


def compare_faces(context: Context, request: "CompareFacesRequestTypeDef") -> Answer:
    source_picture = context.pictures.read(request["SourceImage"])
    target_picture = context.pictures.read(request["TargetImage"])
    bar: QualityFilter = request.get("QualityFilter", "NONE")
    strict = context.settings.strict
    with context.engines.borrowed(source_picture, target_picture) as engine:
        sources = _good(look(engine, source_picture, strict=strict), bar)
        targets = _good(look(engine, target_picture, strict=strict), bar)
        if not sources or not targets:
            raise InvalidParameterException("Request has invalid parameters: an image has no faces.")
        source = sources[0]
        searched = engine.embed(source_picture, source.face)
        similar = [
            (similarity_of(float(searched @ engine.embed(target_picture, target.face))), target)
            for target in targets
        ]
    threshold = request.get("SimilarityThreshold", _DEFAULT_THRESHOLD)
    matches = sorted((pair for pair in similar if pair[0] >= threshold), key=lambda pair: -pair[0])
    return {
        "SourceImageFace": {"BoundingBox": source.box(), "Confidence": source.confidence},
        "FaceMatches": [
            {"Similarity": similarity, "Face": _compared(target)} for similarity, target in matches
        ],
        "UnmatchedFaces": [_compared(target) for similarity, target in similar if similarity < threshold],
    }


def _good(seen: list[SeenFace], bar: QualityFilter) -> list[SeenFace]:
    return [face for face in seen if not reasons_against(face.quality, bar)]


def _compared(seen: SeenFace) -> dict[str, Any]:
    return dict(seen.detail())
