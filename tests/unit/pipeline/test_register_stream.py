import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import attributes, to_item
from attendance.domain.errors import ServiceUnavailableError
from attendance.domain.registers import Register
from pipeline.handlers import project_registers
from tests.fakes.example_school import MATHS_NOW, SCHOOL


def record(number: int, image: dict | None, name: str = "MODIFY") -> dict:
    change = {"SequenceNumber": str(number), "Keys": {}, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    if image is not None:
        change["NewImage"] = image
    return {
        "eventID": f"event-{number}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": change,
    }


@pytest.fixture
def register(school) -> Register:
    return school.take_the_roll()


def image_of(register: Register) -> dict:
    return to_item(register, Register, keys.register(register.school_id, register.meeting_id))


def test_a_register_is_projected_and_announced(school, register, context, logged):
    event = {"Records": [record(1, image_of(register))]}
    assert project_registers.handler(event, context) == {"batchItemFailures": []}
    assert school.projections.projected[SCHOOL, MATHS_NOW] == register
    assert school.announcer.hints == [(SCHOOL, MATHS_NOW, 1)]
    (line,) = logged()
    assert (line["meeting_id"], line["version"]) == (MATHS_NOW, 1)


def test_other_items_and_deletions_are_passed_over(school, register, context):
    line = attributes(dict(keys.change(SCHOOL, MATHS_NOW, 1)))
    event = {"Records": [record(1, line), record(2, None, "REMOVE")]}
    assert project_registers.handler(event, context) == {"batchItemFailures": []}
    assert school.announcer.events == []


def test_a_record_that_fails_is_sent_again_and_the_others_are_not_lost(school, register, context, logged):
    broken = {key: value for key, value in image_of(register).items() if key != "status"}
    event = {"Records": [record(1, image_of(register)), record(2, broken)]}
    assert project_registers.handler(event, context) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert (SCHOOL, MATHS_NOW) in school.projections.projected
    assert [line["error"] for line in logged() if line["level"] == "WARNING"] == ["ValidationError"]


def test_where_nothing_could_be_projected_the_function_fails(school, register, context):
    def unreachable(_event):
        raise ServiceUnavailableError("EventBridge could not be reached")

    school.announcer.announce = unreachable
    with pytest.raises(BatchProcessingError):
        project_registers.handler({"Records": [record(1, image_of(register))]}, context)
    assert (SCHOOL, MATHS_NOW) in school.projections.projected
