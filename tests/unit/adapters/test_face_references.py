import numpy as np
import pytest

from attendance.adapters.dynamodb.references import DynamoReferenceStore
from attendance.adapters.engine import FaceReference
from attendance.domain.policy import Engine

ENGINE = Engine("yunet-sface", "1")


def reference(number: int, student_id: str = "ada") -> FaceReference:
    vector = np.random.default_rng(number).normal(size=128).astype(np.float32)
    return FaceReference(f"ref-{number}", student_id, vector / np.float32(np.linalg.norm(vector)))


@pytest.fixture
def store(table) -> DynamoReferenceStore:
    return DynamoReferenceStore(table, ENGINE)


def read(store: DynamoReferenceStore, school_id: str = "lakeside") -> dict[str, FaceReference]:
    return {found.reference_id: found for found in store.of_school(school_id)}


def test_a_vector_is_read_as_it_was_written(store):
    store.add("lakeside", reference(1))
    (found,) = read(store).values()
    assert found.student_id == "ada"
    assert (found.vector.dtype, found.vector.shape) == (np.float32, (128,))
    assert (found.vector == reference(1).vector).all()


def test_a_vector_is_stored_as_512_bytes(store, table, dynamodb):
    store.add("lakeside", reference(1))
    (item,) = (item for item in dynamodb.scan(TableName=table.name)["Items"] if "vector" in item)
    assert len(item["vector"]["B"]) == 512


def test_more_references_than_a_page_holds_are_all_read(store):
    for number in range(1800):  # some 650 bytes each; DynamoDB gives 1 MB a page
        store._table.put(_item_of(store, number))
    assert len(read(store)) == 1800


def _item_of(store: DynamoReferenceStore, number: int) -> dict:
    """As `add` writes it, without changing the version 1,800 times."""
    written: list[dict] = []

    class Recorder:
        def put(self, item: dict) -> None:
            written.append(item)

    recorded = DynamoReferenceStore(Recorder(), ENGINE)
    recorded.add("lakeside", reference(number))
    return written[0]


def test_schools_are_apart(store):
    store.add("lakeside", reference(1))
    assert read(store, "hillside") == {}
    assert store.version("hillside") is None


def test_every_change_is_another_version(store):
    versions = [store.version("lakeside")]
    for change in (
        lambda: store.add("lakeside", reference(1)),
        lambda: store.add("lakeside", reference(2)),
        lambda: store.remove("lakeside", ["ref-1"]),
    ):
        change()
        versions.append(store.version("lakeside"))
    assert versions[0] is None
    assert len(set(versions)) == 4
    assert store.version("lakeside") == versions[-1]


def test_what_is_removed_is_gone_from_the_table(store, table, dynamodb):
    store.add("lakeside", reference(1))
    store.add("lakeside", reference(2))
    store.remove("lakeside", ["ref-1", "ref-never"])
    assert set(read(store)) == {"ref-2"}
    left = [item for item in dynamodb.scan(TableName=table.name)["Items"] if "vector" in item]
    assert len(left) == 1


def test_vectors_of_another_engine_are_not_compared_but_can_be_removed(store, table):
    newer = DynamoReferenceStore(table, Engine("yunet-sface", "2"))
    store.add("lakeside", reference(1))
    newer.add("lakeside", reference(2))
    assert (set(read(store)), set(read(newer))) == ({"ref-1"}, {"ref-2"})
    newer.remove("lakeside", ["ref-1"])
    assert read(store) == {}
