from attendance.contracts.object_keys import CapturePrefix
from tests.fakes.example_school import (
    CAPTURE_ID,
    LATER_CAPTURE_ID,
    MATHS_LATER,
    MATHS_NOW,
    SCHOOL,
    ExampleSchool,
)

PICTURES = f"/v1/registers/{MATHS_NOW}/pictures"
FRAME = CapturePrefix(SCHOOL, "lakeside-r101-1", CAPTURE_ID).file("1.jpg")


def test_each_face_of_a_picture_says_whom_it_was_given_to(school: ExampleSchool) -> None:
    school.take_the_roll()

    picture = school.teacher().get(PICTURES).json["pictures"][0]

    assert (picture["frame"], picture["width"], picture["height"]) == (1, 1920, 1080)
    assert [(face["band"], face["name"]) for face in picture["faces"]] == [
        ("recognised", "Ada Byron"),
        ("doubtful", "Emmy Noether"),
        ("unknown", None),
    ]


def test_pictures_are_reached_by_addresses_that_expire_in_minutes(school: ExampleSchool) -> None:
    school.take_the_roll()

    answered = school.teacher().get(PICTURES)

    assert answered.json["pictures"][0]["url"] == f"https://captures.test/{FRAME}?seconds=300"
    assert answered.headers["cache-control"] == "no-store"


def test_a_doubtful_student_comes_with_the_portrait_to_compare(school: ExampleSchool) -> None:
    school.take_the_roll()

    portraits = school.teacher().get(PICTURES).json["portraits"]

    key = f"portraits/{SCHOOL}/s-emmy/{'e' * 32}"
    assert portraits == [{"student_id": "s-emmy", "url": f"https://portraits.test/{key}?seconds=300"}]


def test_every_view_is_recorded_with_who_and_what(school: ExampleSchool) -> None:
    school.take_the_roll()

    school.teacher().get(PICTURES)

    view = school.views.views[0]
    assert (view.viewer, view.subject, view.at) == ("ana", MATHS_NOW, school.clock())
    assert view.keys == (FRAME, f"portraits/{SCHOOL}/s-emmy/{'e' * 32}")


def test_pictures_that_are_known_already_are_neither_signed_nor_viewed_again(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(PICTURES).etag

    assert school.teacher().get(PICTURES, if_none_match=tag).status == 304
    assert len(school.views.views) == 1


def test_the_operator_sees_no_pictures(school: ExampleSchool) -> None:
    school.take_the_roll()

    assert school.operator().get(PICTURES).status == 403
    assert school.views.views == []


def test_a_register_without_captures_has_no_pictures(school: ExampleSchool) -> None:
    body = school.teacher().get(f"/v1/registers/{MATHS_LATER}/pictures").json

    assert body == {"capture": None, "pictures": [], "review_pictures": [], "portraits": []}


def test_pictures_that_were_deleted_leave_the_capture_without_any(school: ExampleSchool) -> None:
    school.take_the_roll()
    school.pictures.contents.clear()

    body = school.teacher().get(PICTURES).json

    assert body["capture"]["capture_id"] == CAPTURE_ID
    assert body["pictures"] == []


def test_a_doubt_of_an_earlier_capture_comes_with_the_frame_that_raised_it(school: ExampleSchool) -> None:
    school.take_the_roll()
    school.take_a_later_roll_of_strangers()

    body = school.teacher().get(PICTURES).json

    assert body["capture"]["capture_id"] == LATER_CAPTURE_ID
    (picture,) = body["review_pictures"]
    assert picture["url"] == f"https://captures.test/{FRAME}?seconds=300"
    assert FRAME in school.views.views[0].keys
