import cv2
import numpy as np
import pytest
from botocore.exceptions import ClientError

from attendance.adapters.rekognition import RekognitionFaceIndex
from attendance.adapters.rekognition_users import RekognitionUsers
from attendance.domain.errors import (
    NotFoundError,
    PictureTooLargeError,
    PictureUnreadableError,
    PortraitRefusedError,
    ServiceUnavailableError,
    ThrottledError,
    VersionConflictError,
)
from attendance.domain.policy import Engine
from attendance.domain.sightings import Box, Candidate
from tests.fakes.aws_client import ScriptedClient, client_error
from tests.fakes.stores import InMemoryObjects

KEY = "captures/lakeside/lakeside-r1-1/x/1.jpg"
WIDTH, HEIGHT = 1600, 1200
# A face of 40 px in the middle, and one of 600 px that leaves nothing of its surroundings.
SMALL = Box(0.5, 0.5, 0.025, 0.03)
HUGE = Box(0.1, 0.1, 0.8, 0.85)
NO_FACE = {"FaceModelVersion": "7.0", "UserMatches": [], "UnsearchedFaces": []}


def picture_with(*boxes: Box) -> bytes:
    """White faces on grey."""
    pixels = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for box in boxes:
        top, left = round(box.top * HEIGHT), round(box.left * WIDTH)
        pixels[top : top + round(box.height * HEIGHT), left : left + round(box.width * WIDTH)] = 255
    return cv2.imencode(".png", pixels)[1].tobytes()


def white_of(request: dict) -> tuple[dict, np.ndarray]:
    """Where the white face lies in the picture that was asked with, and that picture."""
    data = request["Image"]["Bytes"]
    assert len(data) <= 5 * 1024 * 1024
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    height, width = pixels.shape[:2]
    rows, columns = np.nonzero(pixels[:, :, 0] > 160)
    left, top = columns.min() / width, rows.min() / height
    box = {
        "Left": left,
        "Top": top,
        "Width": (columns.max() + 1) / width - left,
        "Height": (rows.max() + 1) / height - top,
    }
    return box, pixels


def match(student_id: str, similarity: float) -> dict:
    return {"User": {"UserId": student_id, "UserStatus": "ACTIVE"}, "Similarity": similarity}


def answer_about(box: dict, *matches: dict, version: str = "7.0") -> dict:
    return {
        "FaceModelVersion": version,
        "SearchedFace": {"FaceDetail": {"BoundingBox": box, "Confidence": 99.0}},
        "UserMatches": list(matches),
    }


def found(*matches: dict, version: str = "7.0"):
    """An answer about the very face in the middle of the picture that was asked with."""

    def answer(**request):
        box, _ = white_of(request)
        return answer_about(box, *matches, version=version)

    return answer


def about_a_neighbour(**_request):
    corner = {"Left": 0.0, "Top": 0.0, "Width": 0.2, "Height": 0.2}
    return answer_about(corner, match("neighbour", 99.9))


def in_turn(*answers):
    """Each search its next answer."""
    left = list(answers)

    def answer(**request):
        following = left.pop(0)
        if isinstance(following, Exception):
            raise following
        return following(**request) if callable(following) else following

    return answer


PLAIN = picture_with()


def index_over(picture: bytes = PLAIN, **answers) -> tuple[RekognitionFaceIndex, ScriptedClient]:
    client = ScriptedClient(**answers)
    return RekognitionFaceIndex(client, InMemoryObjects("captures", {KEY: picture}), "captures"), client


def search(index: RekognitionFaceIndex, *boxes: Box):
    return index.search("lakeside", KEY, boxes or (SMALL,), floor=60.0, limit=5)


def test_a_face_is_searched_by_itself_in_the_schools_collection():
    index, client = index_over(picture_with(SMALL), search_users_by_image=found(match("ada", 97.5)))
    result = search(index)
    assert result.candidates == ((Candidate("ada", 97.5),),)
    assert (result.engine, result.calls) == (Engine("rekognition", "7.0"), 1)
    ((_, request),) = client.calls
    assert request["CollectionId"] == "rollcall-lakeside"


def test_everybody_is_asked_for_because_the_crowd_is_part_of_the_answer():
    matches = [match("ada", 97.0), *(match(f"s-{n}", 30.0) for n in range(9))]
    index, client = index_over(picture_with(SMALL), search_users_by_image=found(*matches))
    result = search(index)
    assert result.candidates == ((Candidate("ada", 97.0),),)
    (view,) = result.views
    assert (view.crowd, view.confidence) == (30.0, 99.0)
    assert view.width_px == pytest.approx(SMALL.width * WIDTH, abs=1)
    ((_, request),) = client.calls
    assert (request["UserMatchThreshold"], request["MaxUsers"]) == (0.0, 500)


def test_the_engine_of_rekognition_local_has_its_own_name():
    index, _ = index_over(picture_with(SMALL), search_users_by_image=found(version="yunet-sface/1"))
    assert search(index).engine == Engine("yunet-sface", "1")


def test_candidates_are_students_best_first():
    index, _ = index_over(
        picture_with(SMALL), search_users_by_image=found(match("ada", 97.0), match("carl", 93.0))
    )
    assert search(index).candidates == ((Candidate("ada", 97.0), Candidate("carl", 93.0)),)


def test_a_larger_neighbour_in_the_cut_is_cut_away():
    answers = in_turn(about_a_neighbour, found(match("ada", 95.0)))
    index, client = index_over(picture_with(SMALL), search_users_by_image=answers)
    result = search(index)
    assert result.candidates == ((Candidate("ada", 95.0),),)
    assert result.calls == 2
    wide, tight = (white_of(request)[0]["Width"] for _, request in client.calls)
    assert tight > wide


def test_a_neighbour_that_cannot_be_cut_away_is_nobodys_match():
    index, _ = index_over(picture_with(SMALL), search_users_by_image=about_a_neighbour)
    result = search(index)
    assert result.candidates == ((),)
    assert (result.engine, result.calls) == (Engine("rekognition", "7.0"), 2)


def test_a_cut_without_a_face_is_tried_tighter_and_then_given_up():
    index, _ = index_over(
        picture_with(SMALL), search_users_by_image=in_turn(NO_FACE, found(match("ada", 92.0)))
    )
    assert search(index).candidates == ((Candidate("ada", 92.0),),)
    index, _ = index_over(picture_with(SMALL), search_users_by_image=in_turn(NO_FACE, NO_FACE))
    result = search(index)
    assert (result.candidates, result.engine, result.calls) == (((),), Engine("rekognition", "7.0"), 2)


def test_a_school_without_references_compares_nothing():
    missing = client_error("ResourceNotFoundException")
    index, _ = index_over(picture_with(SMALL), search_users_by_image=[missing])
    result = search(index)
    assert (result.engine, result.candidates, result.calls) == (None, ((),), 1)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (client_error("ProvisionedThroughputExceededException"), ThrottledError),
        (client_error("ThrottlingException"), ThrottledError),
        (client_error("InternalServerError", 500), ServiceUnavailableError),
        (client_error("AccessDeniedException"), ClientError),
    ],
)
def test_a_search_that_was_not_answered_is_not_a_face_that_matched_nobody(error, raised):
    index, _ = index_over(picture_with(SMALL), search_users_by_image=[error])
    with pytest.raises(raised):
        search(index, SMALL, SMALL, SMALL)


def test_candidates_come_in_the_order_of_the_boxes():
    places = [Box(0.1 + 0.2 * n, 0.5, 0.025, 0.03) for n in range(4)]

    def by_place(**request):
        """Which face it is shows in how bright the cut's corner is: the left-most lies at the darkest."""
        box, pixels = white_of(request)
        name = f"student-{round(pixels[2, 2, 1] / 20)}"
        return answer_about(box, match(name, 95.0))

    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number, box in enumerate(places):
        left, top = round(box.left * WIDTH), round(box.top * HEIGHT)
        pixels[:, left - 60 : left + 120] = 20 * (number + 1)
        pixels[top : top + 36, left : left + 40] = 255
    index, _ = index_over(cv2.imencode(".png", pixels)[1].tobytes(), search_users_by_image=by_place)
    assert [c[0].student_id for c in search(index, *places).candidates] == [
        f"student-{n}" for n in (1, 2, 3, 4)
    ]


def test_a_small_face_is_enlarged():
    index, client = index_over(picture_with(SMALL), search_users_by_image=found())
    search(index)
    box, pixels = white_of(client.calls[0][1])
    assert box["Width"] * pixels.shape[1] == pytest.approx(128, abs=4)


def test_a_face_that_fills_the_picture_is_sent_in_measure():
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    index, client = index_over(
        cv2.imencode(".png", noise)[1].tobytes(), search_users_by_image=about_a_neighbour
    )
    search(index, HUGE)
    for _, request in client.calls:
        _, pixels = white_of(request)
        assert max(pixels.shape) <= 256


@pytest.mark.parametrize(
    "box", [Box(-0.05, -0.05, 0.1, 0.1), Box(0.97, 0.97, 0.1, 0.1), Box(1, 1, 0.01, 0.01)]
)
def test_a_face_at_the_edge_is_cut_at_the_edge(box):
    index, _ = index_over(picture_with(SMALL), search_users_by_image=about_a_neighbour_of_grey)
    assert search(index, box).candidates == ((),)


def about_a_neighbour_of_grey(**request):
    assert cv2.imdecode(np.frombuffer(request["Image"]["Bytes"], np.uint8), cv2.IMREAD_COLOR) is not None
    return NO_FACE


def test_no_boxes_cost_nothing():
    index, client = index_over(b"not even read")
    assert index.search("lakeside", KEY, [], floor=60, limit=5).candidates == ()
    assert client.calls == []


def test_detection_reads_the_picture_where_it_lies():
    face = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.03, "Height": 0.05}, "Confidence": 99.7}
    index, client = index_over(detect_faces=[{"FaceDetails": [face]}])
    detected = index.detect(KEY)
    assert (detected.faces[0].box, detected.faces[0].confidence) == (Box(0.1, 0.2, 0.03, 0.05), 99.7)
    assert detected.calls == 1
    assert client.calls[0][1]["Image"] == {"S3Object": {"Bucket": "captures", "Name": KEY}}


def detail_of(left: float, top: float, width: float, height: float) -> dict:
    return {"BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height}, "Confidence": 99.0}


def test_a_4k_frame_is_asked_for_whole_where_it_lies_and_in_tiles_by_bytes():
    nobody, one = {"FaceDetails": []}, {"FaceDetails": [detail_of(0.5, 0.5, 0.025, 0.05)]}
    frame = cv2.imencode(".jpg", np.full((2160, 3840, 3), 90, np.uint8))[1].tobytes()
    index, client = index_over(frame, detect_faces=[nobody, nobody, one, nobody])
    detected = index.detect(KEY)
    images = [request["Image"] for _, request in client.calls]
    assert [list(image) for image in images] == [["S3Object"], *[["Bytes"]] * 4]
    assert detected.calls == 5
    # The second answer about a tile is of the one at the top right.
    tile = cv2.imdecode(np.frombuffer(images[2]["Bytes"], np.uint8), cv2.IMREAD_COLOR)
    height, width = tile.shape[:2]
    (face,) = detected.faces
    assert face.box.left == pytest.approx((3840 - width / 2) / 3840)
    assert face.box.top == pytest.approx(0.5 * height / 2160)
    assert face.box.width == pytest.approx(0.025 * width / 3840)
    assert face.box.height == pytest.approx(0.05 * height / 2160)


def test_a_frame_that_cannot_be_decoded_is_not_asked_for():
    index, client = index_over(PLAIN[:-30], detect_faces=[{"FaceDetails": []}])
    with pytest.raises(PictureUnreadableError):
        index.detect(KEY)
    assert client.calls == []


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("InvalidImageFormatException", PictureUnreadableError),
        ("ImageTooLargeException", PictureTooLargeError),
        ("InvalidS3ObjectException", NotFoundError),
        ("ProvisionedThroughputExceededException", ThrottledError),
    ],
)
def test_what_rekognition_says_of_a_picture_is_said_in_our_words(code, raised):
    index, _ = index_over(detect_faces=[client_error(code)])
    with pytest.raises(raised):
        index.detect(KEY)


def portrait_detail(box: Box = HUGE) -> dict:
    return {
        "BoundingBox": {"Left": box.left, "Top": box.top, "Width": box.width, "Height": box.height},
        "Confidence": 99.0,
        "Pose": {"Yaw": 1.0, "Pitch": 2.0, "Roll": 3.0},
        "Quality": {"Brightness": 70.0, "Sharpness": 60.0},
    }


def test_a_portrait_is_measured_in_its_own_pixels():
    index, _ = index_over(picture_with(HUGE), detect_faces=[{"FaceDetails": [portrait_detail()]}])
    (face,) = index.portrait_faces(KEY)
    assert face.width_px == pytest.approx(0.8 * WIDTH)
    assert (face.yaw, face.pitch, face.roll, face.brightness, face.sharpness) == (1.0, 2.0, 3.0, 70.0, 60.0)


def test_a_portrait_that_is_no_picture_is_refused_in_our_words():
    index, _ = index_over(b"no picture", detect_faces=[{"FaceDetails": [portrait_detail()]}])
    with pytest.raises(PictureUnreadableError):
        index.portrait_faces(KEY)


def indexed(**request) -> dict:
    """The very face that was asked for, under an id that counts the requests."""
    box, _ = white_of(request)
    return {"FaceRecords": [{"Face": {"FaceId": f"f-{request['ExternalImageId']}", "BoundingBox": box}}]}


def associated(status: str = "ACTIVE") -> dict:
    return {
        "AssociatedFaces": [{"FaceId": "f-ada"}],
        "UnsuccessfulFaceAssociations": [],
        "UserStatus": status,
    }


def refused(reason: str) -> dict:
    failed = [{"FaceId": "f-ada", "Reasons": [reason]}]
    return {"AssociatedFaces": [], "UnsuccessfulFaceAssociations": failed, "UserStatus": "ACTIVE"}


EXISTS = client_error("ResourceAlreadyExistsException")
HAS_USER = client_error("ConflictException")
DELETED = {"DeletedFaces": ["f-ada"], "UnsuccessfulFaceDeletions": []}
MADE = {"create_collection": [{}], "create_user": [{}], "index_faces": indexed, "delete_faces": [DELETED]}


def enrolling_index(**answers) -> tuple[RekognitionFaceIndex, ScriptedClient, list[float]]:
    client = ScriptedClient(**{**MADE, **answers})
    pauses: list[float] = []
    objects = InMemoryObjects("captures", {KEY: picture_with(SMALL)})
    users = RekognitionUsers(client, pause=pauses.append)
    return RekognitionFaceIndex(client, objects, "captures", users), client, pauses


def add(index: RekognitionFaceIndex) -> str:
    return index.add_reference("lakeside", "ada", KEY, SMALL)


def requests(client: ScriptedClient, operation: str) -> list[dict]:
    return [request for called, request in client.calls if called == operation]


def test_a_reference_is_made_of_the_face_alone_and_given_to_the_students_user():
    index, client, pauses = enrolling_index(associate_faces=[associated()])
    assert add(index) == "f-ada"
    (collection,), (user,) = requests(client, "create_collection"), requests(client, "create_user")
    (request,), (association,) = requests(client, "index_faces"), requests(client, "associate_faces")
    assert (
        collection["CollectionId"] == user["CollectionId"] == request["CollectionId"] == "rollcall-lakeside"
    )
    assert (request["ExternalImageId"], request["MaxFaces"]) == ("ada", 1)
    assert user["UserId"] == association["UserId"] == "ada"
    assert association["FaceIds"] == ["f-ada"]
    box, _ = white_of(request)
    assert box["Width"] > 0.3
    assert requests(client, "delete_faces") == pauses == []


def test_a_collection_and_a_user_that_exist_are_used():
    index, _, _ = enrolling_index(
        create_collection=[EXISTS], create_user=[HAS_USER], associate_faces=[associated()]
    )
    assert add(index) == "f-ada"


def test_a_reference_is_waited_for_until_searches_find_the_student():
    updating = {"UserMatches": [{"User": {"UserId": "ada", "UserStatus": "UPDATING"}, "Similarity": 99.0}]}
    another = {"UserMatches": [match("carl", 90.0)]}
    active = {"UserMatches": [match("carl", 90.0), match("ada", 99.0)]}
    index, client, pauses = enrolling_index(
        associate_faces=[associated("UPDATING")], search_users=[another, updating, active]
    )
    assert add(index) == "f-ada"
    assert len(requests(client, "search_users")) == len(pauses) == 3
    assert {request["FaceId"] for request in requests(client, "search_users")} == {"f-ada"}


def test_a_slow_update_is_not_waited_for_without_end():
    index, _, pauses = enrolling_index(
        associate_faces=[associated("UPDATING")], search_users=[{"UserMatches": []}]
    )
    assert add(index) == "f-ada"
    assert sum(pauses) <= 15


def test_a_face_unlike_the_students_others_is_refused_and_not_kept():
    index, client, _ = enrolling_index(associate_faces=[refused("LOW_MATCH_CONFIDENCE")])
    with pytest.raises(PortraitRefusedError, match="SAME_PERSON: This does not look like") as error:
        add(index)
    assert error.value.codes == ("SAME_PERSON",)
    assert [request["FaceIds"] for request in requests(client, "delete_faces")] == [["f-ada"]]


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (refused("FACE_NOT_FOUND"), ServiceUnavailableError),
        (HAS_USER, VersionConflictError),
        (client_error("ThrottlingException"), ThrottledError),
        (client_error("ServiceQuotaExceededException"), ClientError),
    ],
)
def test_a_face_that_could_not_be_associated_is_not_left_behind(answer, raised):
    index, client, _ = enrolling_index(associate_faces=[answer])
    with pytest.raises(raised):
        add(index)
    assert [request["FaceIds"] for request in requests(client, "delete_faces")] == [["f-ada"]]


def test_a_face_that_rekognition_will_not_index_is_a_refusal():
    index, client, _ = enrolling_index(index_faces=[{"FaceRecords": [], "UnindexedFaces": []}])
    with pytest.raises(PortraitRefusedError, match="FACE_PRESENT"):
        add(index)
    assert requests(client, "create_user") == []


def test_a_larger_neighbours_face_is_not_indexed_as_the_students():
    corner = {"Left": 0.0, "Top": 0.0, "Width": 0.2, "Height": 0.2}
    neighbours = {"FaceRecords": [{"Face": {"FaceId": "f-neighbour", "BoundingBox": corner}}]}
    index, client, _ = enrolling_index(
        index_faces=in_turn(neighbours, indexed), associate_faces=[associated()]
    )
    assert add(index) == "f-ada"
    assert [request["FaceIds"] for request in requests(client, "delete_faces")] == [["f-neighbour"]]


def owned_by_ada(**request) -> dict:
    """Ada has three faces; a face of nobody's is known too."""
    owners = {"f-1": "ada", "f-2": "ada", "f-3": "ada", "f-9": None}
    listed = [
        {"FaceId": face_id, **({"UserId": owner} if owner else {})}
        for face_id, owner in owners.items()
        if face_id in request.get("FaceIds", owners) and request.get("UserId", owner) == owner
    ]
    return {"Faces": listed}


def removing_index(**answers) -> tuple[RekognitionFaceIndex, ScriptedClient, list[float]]:
    removal = {"list_faces": owned_by_ada, "disassociate_faces": [{}], "delete_user": [{}]}
    return enrolling_index(**{**removal, **answers})


def test_a_reference_is_taken_from_its_student_and_deleted():
    index, client, _ = removing_index()
    index.remove_references("lakeside", ["f-1", "f-9", "f-unknown"])
    (request,) = requests(client, "disassociate_faces")
    assert (request["UserId"], request["FaceIds"]) == ("ada", ["f-1"])
    assert [request["FaceIds"] for request in requests(client, "delete_faces")] == [
        ["f-1", "f-9", "f-unknown"]
    ]
    assert requests(client, "delete_user") == []


def test_with_the_last_reference_the_user_goes():
    index, client, _ = removing_index()
    index.remove_references("lakeside", ["f-3", "f-2", "f-1"])
    assert [request["UserId"] for request in requests(client, "delete_user")] == ["ada"]
    assert requests(client, "disassociate_faces") == []
    assert len(requests(client, "delete_faces")) == 1


def test_references_are_looked_for_on_every_page():
    def paged(**request) -> dict:
        faces = owned_by_ada(**request)["Faces"]
        at = int(request.get("NextToken", 0))
        more = {"NextToken": str(at + 1)} if at + 1 < len(faces) else {}
        return {"Faces": faces[at : at + 1], **more}

    index, client, _ = removing_index(list_faces=paged)
    index.remove_references("lakeside", ["f-1", "f-2", "f-3"])
    assert len(requests(client, "delete_user")) == 1


def test_deletion_waits_until_the_user_has_let_go():
    held = {"UnsuccessfulFaceDeletions": [{"FaceId": "f-1", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}]}
    index, client, pauses = removing_index(delete_faces=[held, DELETED])
    index.remove_references("lakeside", ["f-1", "f-9"])
    assert [request["FaceIds"] for request in requests(client, "delete_faces")] == [["f-1", "f-9"], ["f-1"]]
    assert len(pauses) == 1
    index, _, _ = removing_index(delete_faces=[held])
    with pytest.raises(ServiceUnavailableError, match="let go of 1"):
        index.remove_references("lakeside", ["f-1"])


def test_what_is_gone_already_is_no_error():
    index, _, _ = removing_index(list_faces=[client_error("ResourceNotFoundException")])
    index.remove_references("lakeside", ["f-1"])
