import threading
from pathlib import Path

import numpy as np
import pytest

from faces.arrays import Vector
from local.rekognition.galleries import Galleries
from local.rekognition.store import Store, StoredFace


def vector(seed: int) -> Vector:
    raw = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    return raw / np.linalg.norm(raw)


def face(name: str) -> StoredFace:
    return StoredFace(0, name, "image", None, 0.1, 0.2, 0.3, 0.4, 99.0)


class School:
    """A store with one collection, used as one process uses it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.galleries = Galleries()

    def create(self) -> None:
        with self.store.writing() as transaction:
            transaction.add_collection("school", "engine/1", {})

    def add(self, name: str, seed: int) -> None:
        with self.store.writing() as transaction:
            transaction.add_face(transaction.collection("school"), face(name), vector(seed))

    def delete(self, name: str) -> None:
        with self.store.writing() as transaction:
            transaction.delete_face(transaction.collection("school"), name)

    def associate(self, name: str, user_id: str | None, touched: str) -> None:
        with self.store.writing() as transaction:
            collection = transaction.collection("school")
            transaction.set_user(collection, [name], user_id)
            transaction.touch_user(collection, touched)

    def nearest(self, seed: int) -> list[str]:
        with self.store.reading() as transaction:
            collection = transaction.collection("school")
            found = self.galleries.nearest_faces(transaction, collection, vector(seed), 10, -1.0)
        return [neighbour.key for neighbour in found]

    def nearest_users(self, seed: int) -> list[str]:
        with self.store.reading() as transaction:
            collection = transaction.collection("school")
            found = self.galleries.nearest_users(transaction, collection, vector(seed), 10, -1.0)
        return [neighbour.key for neighbour in found]


@pytest.fixture
def school(tmp_path) -> School:
    school = School(tmp_path)
    school.create()
    return school


@pytest.fixture
def neighbour_process(school, tmp_path) -> School:
    """The same folder, seen by another process: nothing in memory is shared."""
    return School(tmp_path)


def test_what_one_process_adds_or_deletes_another_finds_or_misses(school, neighbour_process):
    school.add("a", 1)
    assert neighbour_process.nearest(1) == ["a"]
    school.add("b", 2)
    assert neighbour_process.nearest(2) == ["b", "a"]
    school.delete("a")
    assert neighbour_process.nearest(2) == ["b"]
    neighbour_process.add("c", 3)
    assert school.nearest(3)[0] == "c"


def test_a_collection_made_anew_has_none_of_the_old_faces(school):
    school.add("a", 1)
    assert school.nearest(1) == ["a"]
    with school.store.writing() as transaction:
        transaction.delete_collection(transaction.collection("school"))
    school.create()
    assert school.nearest(1) == []


def test_a_write_that_fails_halfway_leaves_nothing(school):
    def write_half() -> None:
        with school.store.writing() as transaction:
            transaction.add_face(transaction.collection("school"), face("a"), vector(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert school.nearest(1) == []


def test_a_user_is_found_by_the_mean_of_its_faces(school, neighbour_process):
    for name, seed in [("a", 1), ("b", 2), ("c", 3)]:
        school.add(name, seed)
    with school.store.writing() as transaction:
        collection = transaction.collection("school")
        transaction.add_user(collection, "anna")
        transaction.add_user(collection, "ben")
    school.associate("a", "anna", touched="anna")
    school.associate("b", "anna", touched="anna")
    school.associate("c", "ben", touched="ben")
    assert neighbour_process.nearest_users(1) == ["anna", "ben"]
    school.associate("a", None, touched="anna")
    school.associate("b", None, touched="anna")
    assert neighbour_process.nearest_users(1) == ["ben"]


def test_deleting_a_user_keeps_its_faces(school):
    school.add("a", 1)
    with school.store.writing() as transaction:
        collection = transaction.collection("school")
        transaction.add_user(collection, "anna")
        transaction.set_user(collection, ["a"], "anna")
        transaction.delete_user(collection, "anna")
    with school.store.reading() as transaction:
        collection = transaction.collection("school")
        assert transaction.faces_by_id(collection, ["a"])["a"].user_id is None
        assert transaction.user(collection, "anna") is None


def test_many_writers_lose_nothing(school, tmp_path):
    stores = [School(tmp_path) for _ in range(4)]

    def write(number: int) -> None:
        for i in range(25):
            stores[number].add(f"{number}-{i}", 100 * number + i)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with school.store.reading() as transaction:
        assert transaction.face_count(transaction.collection("school")) == 100


def test_faces_are_listed_in_order_and_filtered(school):
    for number in range(6):
        school.add(f"f{number}", number)
    with school.store.writing() as transaction:
        collection = transaction.collection("school")
        transaction.add_user(collection, "anna")
        transaction.set_user(collection, ["f1", "f4"], "anna")
        first = transaction.faces(collection, limit=2)
        rest = transaction.faces(collection, after=first[-1].seq)
        assert [f.face_id for f in first + rest] == [f"f{n}" for n in range(6)]
        assert [f.face_id for f in transaction.faces(collection, user_id="anna")] == ["f1", "f4"]
        assert [f.face_id for f in transaction.faces(collection, face_ids=["f5", "f0"])] == ["f0", "f5"]


def test_an_answer_is_remembered_by_its_token(school):
    with school.store.writing() as transaction:
        assert transaction.remembered("CreateUser", "token") is None
        transaction.remember("CreateUser", "token", "{}", {"UserStatus": "CREATED"})
    with school.store.reading() as transaction:
        assert transaction.remembered("CreateUser", "token") == ("{}", {"UserStatus": "CREATED"})
        assert transaction.remembered("DeleteUser", "token") is None
