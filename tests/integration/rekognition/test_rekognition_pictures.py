import struct

import cv2
import numpy as np
import pytest
from botocore.exceptions import ClientError
from fake_s3 import ACCESS_KEY
from sample_pictures import ANNA, BEN, SAME, assembly, group, image, nobody, portrait

from tests.fakes.drawn_faces import draw_face


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHHI", 0x0112, 3, 1, orientation, 0, 0)
    payload = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]


def test_a_face_is_described_in_ratios_of_its_picture(client):
    (face,) = client.detect_faces(Image=image(portrait(ANNA)))["FaceDetails"]
    box = face["BoundingBox"]
    assert 0.2 < box["Left"] < 0.35
    assert 0.35 < box["Width"] < 0.6
    assert box["Top"] > 0.1
    assert box["Top"] + box["Height"] < 1
    marks = {mark["Type"]: (mark["X"], mark["Y"]) for mark in face["Landmarks"]}
    assert set(marks) == {"eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"}
    assert marks["eyeLeft"][0] < marks["nose"][0] < marks["eyeRight"][0]
    assert marks["eyeLeft"][1] < marks["nose"][1] < marks["mouthLeft"][1]
    assert 70 <= face["Confidence"] <= 100
    assert abs(face["Pose"]["Yaw"]) < 15
    assert 0 < face["Quality"]["Brightness"] < 100
    assert 0 < face["Quality"]["Sharpness"] <= 100


def test_only_the_default_attributes_are_answered_even_when_all_are_asked_for(client):
    answer = client.detect_faces(Image=image(portrait(ANNA)), Attributes=["ALL"])
    assert set(answer["FaceDetails"][0]) == {"BoundingBox", "Landmarks", "Pose", "Quality", "Confidence"}
    assert "OrientationCorrection" not in answer


def test_faces_are_listed_largest_first_and_a_hundred_at_most(client):
    faces = client.detect_faces(Image=image(assembly(9, 12)))["FaceDetails"]
    assert len(faces) == 100
    areas = [face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"] for face in faces]
    assert areas == sorted(areas, reverse=True)


def test_a_picture_without_faces_has_none(client):
    assert client.detect_faces(Image=image(nobody()))["FaceDetails"] == []


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_boxes_are_those_of_the_picture_as_it_is_seen(client, orientation):
    canvas = np.full((300, 500, 3), 90, np.uint8)
    canvas[20:276, 10:266] = draw_face(ANNA)
    upright = client.detect_faces(Image=image(cv2.imencode(".png", canvas)[1].tobytes()))["FaceDetails"][0]
    turn_back = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_COUNTERCLOCKWISE, 8: cv2.ROTATE_90_CLOCKWISE}
    stored = cv2.imencode(".jpg", cv2.rotate(canvas, turn_back[orientation]))[1].tobytes()
    (face,) = client.detect_faces(Image=image(with_exif(stored, orientation)))["FaceDetails"]
    for side in ("Left", "Top", "Width", "Height"):
        assert face["BoundingBox"][side] == pytest.approx(upright["BoundingBox"][side], abs=0.03)


def test_pictures_are_read_from_s3_with_the_servers_own_key(client, fake_s3):
    fake_s3.objects["/portraits/north/anna 1.png"] = portrait(ANNA)
    answer = client.detect_faces(Image={"S3Object": {"Bucket": "portraits", "Name": "north/anna 1.png"}})
    assert len(answer["FaceDetails"]) == 1
    assert fake_s3.access_keys == {ACCESS_KEY}


def test_an_object_that_is_not_there_is_an_invalid_object(client):
    with pytest.raises(client.exceptions.InvalidS3ObjectException, match="Check object key"):
        client.detect_faces(Image={"S3Object": {"Bucket": "portraits", "Name": "missing.png"}})


def test_an_s3_picture_is_named_by_bucket_and_name(client):
    with pytest.raises(client.exceptions.InvalidS3ObjectException):
        client.detect_faces(Image={"S3Object": {"Bucket": "portraits"}})


def test_more_than_fifteen_mebibytes_in_s3_are_too_large(client, fake_s3):
    fake_s3.objects["/portraits/huge.png"] = portrait(ANNA) + bytes(15 * 2**20)
    with pytest.raises(client.exceptions.ImageTooLargeException, match="15728640"):
        client.detect_faces(Image={"S3Object": {"Bucket": "portraits", "Name": "huge.png"}})


def test_more_than_five_mebibytes_of_bytes_are_refused(client):
    with pytest.raises(ClientError, match="5242880") as refused:
        client.detect_faces(Image=image(portrait(ANNA) + bytes(5 * 2**20)))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_decompression_bomb_is_too_large(client):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + bytes(4)
    with pytest.raises(client.exceptions.ImageTooLargeException, match="megapixels"):
        client.detect_faces(Image=image(bomb))


@pytest.mark.parametrize("data", [b"no picture", b"GIF89a" + bytes(50), portrait(ANNA)[:2000]])
def test_what_is_no_jpeg_or_png_is_an_invalid_format(client, data):
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.detect_faces(Image=image(data))


@pytest.mark.parametrize(
    "picture", [{}, {"Bytes": b"x", "S3Object": {"Bucket": "portraits", "Name": "anna.png"}}]
)
def test_a_picture_is_given_in_one_way(client, picture):
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.detect_faces(Image=picture)


def test_a_face_is_compared_with_all_faces_of_a_picture(client):
    answer = client.compare_faces(
        SourceImage=image(portrait(BEN, noise=1)),
        TargetImage=image(group(ANNA, BEN)),
        SimilarityThreshold=SAME,
    )
    (match,) = answer["FaceMatches"]
    assert match["Similarity"] >= SAME
    assert match["Face"]["BoundingBox"]["Left"] > 0.5
    (other,) = answer["UnmatchedFaces"]
    assert other["BoundingBox"]["Left"] < 0.5
    assert answer["SourceImageFace"]["Confidence"] > 70


def test_matches_come_most_similar_first(client):
    answer = client.compare_faces(
        SourceImage=image(portrait(BEN, noise=1)),
        TargetImage=image(group(ANNA, BEN)),
        SimilarityThreshold=0,
    )
    similarities = [match["Similarity"] for match in answer["FaceMatches"]]
    assert len(similarities) == 2
    assert similarities == sorted(similarities, reverse=True)
    assert answer["UnmatchedFaces"] == []


@pytest.mark.parametrize(("source", "target"), [(nobody(), portrait(ANNA)), (portrait(ANNA), nobody())])
def test_comparing_without_a_face_is_an_invalid_request(client, source, target):
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.compare_faces(SourceImage=image(source), TargetImage=image(target))
