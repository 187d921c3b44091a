import http.client
import json
import sqlite3
import threading

import numpy as np
import pytest
from rekognition_clients import ENVIRONMENT, client_of
from sample_pictures import ANNA, BEN, SAME, image, portrait

from faces import encode_png
from local.errors import LocalRunError
from local.rekognition.process import RekognitionLocal
from local.rekognition.settings import RekognitionSettings
from tests.fakes.drawn_faces import draw_face


def names_found(client, data):
    found = client.search_faces_by_image(CollectionId="school", Image=image(data), FaceMatchThreshold=SAME)
    return [match["Face"]["ExternalImageId"] for match in found["FaceMatches"]]


def test_what_was_answered_survives_a_kill(start, tmp_path):
    first = start(tmp_path / "data")
    client = client_of(first.endpoint_url)
    client.create_collection(CollectionId="school")
    client.index_faces(CollectionId="school", Image=image(portrait(ANNA)), ExternalImageId="anna")
    client.create_user(CollectionId="school", UserId="anna")
    first.kill()
    second = client_of(start(tmp_path / "data").endpoint_url)
    assert names_found(second, portrait(ANNA, noise=1)) == ["anna"]
    assert [user["UserId"] for user in second.list_users(CollectionId="school")["Users"]] == ["anna"]


def test_processes_that_share_a_folder_see_each_others_writes(start, tmp_path):
    one, other = (client_of(start(tmp_path / "data").endpoint_url) for _ in range(2))
    one.create_collection(CollectionId="school")
    one.index_faces(CollectionId="school", Image=image(portrait(ANNA)), ExternalImageId="anna")
    assert names_found(other, portrait(ANNA)) == ["anna"]
    answer = other.index_faces(CollectionId="school", Image=image(portrait(BEN)), ExternalImageId="ben")
    assert names_found(one, portrait(BEN)) == ["ben"]
    face_id = answer["FaceRecords"][0]["Face"]["FaceId"]
    one.delete_faces(CollectionId="school", FaceIds=[face_id])
    assert names_found(other, portrait(BEN)) == []


def test_many_clients_at_once_get_their_own_answers(client, collection):
    wanted = {f"p{seed}": portrait(seed) for seed in range(6)}
    outcomes = {}

    def enrol(name, data):
        answer = client.index_faces(CollectionId=collection, Image=image(data), ExternalImageId=name)
        outcomes[name] = [record["Face"]["ExternalImageId"] for record in answer["FaceRecords"]]

    threads = [threading.Thread(target=enrol, args=item) for item in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {name: [name] for name in wanted}
    for name, data in wanted.items():
        found = client.search_faces_by_image(CollectionId=collection, Image=image(data), MaxFaces=1)
        assert found["FaceMatches"][0]["Face"]["ExternalImageId"] == name


def test_vectors_of_another_engine_are_never_compared(start, tmp_path):
    server = start(tmp_path / "data")
    client = client_of(server.endpoint_url)
    client.create_collection(CollectionId="school")
    with sqlite3.connect(server.settings.data_dir / "rekognition.sqlite") as database:
        database.execute("UPDATE collection SET model_version = 'older/1'")
    assert client.describe_collection(CollectionId="school")["FaceModelVersion"] == "older/1"
    with pytest.raises(client.exceptions.InvalidParameterException, match="older/1"):
        client.index_faces(CollectionId="school", Image=image(portrait(ANNA)))
    with pytest.raises(client.exceptions.InvalidParameterException, match="older/1"):
        client.search_faces_by_image(CollectionId="school", Image=image(portrait(ANNA)))


def test_a_taken_port_is_said_in_a_sentence(server, tmp_path):
    settings = RekognitionSettings(port=server.settings.port, data_dir=tmp_path)
    with pytest.raises(LocalRunError, match=f"Port {server.settings.port} .* is taken"):
        RekognitionLocal(settings, ENVIRONMENT).start()


def test_a_child_that_cannot_start_says_why(start, tmp_path):
    environment = {**ENVIRONMENT, "FACE_MODEL_DIR": str(tmp_path / "nothing")}
    server = start(tmp_path / "data")
    server.stop()
    broken = RekognitionLocal(server.settings, environment, log_file=tmp_path / "broken.log")
    with pytest.raises(LocalRunError, match="cannot be read"):
        broken.start()


def ask(server, headers, body=b"{}"):
    connection = http.client.HTTPConnection("127.0.0.1", server.settings.port, timeout=30)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}


def test_errors_have_the_form_of_the_service(server):
    status, body = ask(server, {**SIGNED, "X-Amz-Target": "RekognitionService.DescribeCollection"})
    assert status == 400
    assert body["__type"] == body["Code"] == "ValidationException"
    assert "collectionId" in body["Message"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Amz-Target": "RekognitionService.ListCollections"}, "MissingAuthenticationTokenException"),
        (SIGNED, "UnknownOperationException"),
        ({**SIGNED, "X-Amz-Target": "DynamoDB.ListTables"}, "UnknownOperationException"),
        ({**SIGNED, "X-Amz-Target": "RekognitionService.DetectLabels"}, "UnknownOperationException"),
    ],
)
def test_what_is_no_request_for_us_is_refused(server, headers, code):
    status, body = ask(server, headers)
    assert (status, body["Code"]) == (400, code)


def test_broken_json_is_refused(server):
    headers = {**SIGNED, "X-Amz-Target": "RekognitionService.ListCollections"}
    assert ask(server, headers, b"{")[1]["Code"] == "SerializationException"


def small_picture(side: int, face_side: int) -> bytes:
    canvas = np.full((side, side, 3), 90, np.uint8)
    canvas[:face_side, :face_side] = draw_face(ANNA, face_side)
    return encode_png(canvas)


def test_strict_mode_adds_the_clouds_limits(start, tmp_path):
    client = client_of(start(tmp_path / "data", strict=True, tps=2).endpoint_url)
    with pytest.raises(client.exceptions.InvalidParameterException, match="60x60"):
        client.detect_faces(Image=image(small_picture(60, face_side=60)))
    small_face = image(small_picture(90, face_side=60))
    assert client.detect_faces(Image=small_face)["FaceDetails"] == []

    def spend_all() -> None:
        for _ in range(20):
            client.list_collections()

    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        spend_all()
