"""Collections, faces and users in SQLite: durable across a power cut, shared by several processes."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from faces.arrays import Vector

_SCHEMA = """
CREATE TABLE IF NOT EXISTS collection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    model_version TEXT NOT NULL,
    created_at REAL NOT NULL,
    tags TEXT NOT NULL,
    faces_removed INTEGER NOT NULL DEFAULT 0,
    users_changed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS user (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    changed_at REAL NOT NULL,
    UNIQUE (collection_id, user_id)
);
CREATE TABLE IF NOT EXISTS face (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    face_id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    external_image_id TEXT,
    box_left REAL NOT NULL,
    box_top REAL NOT NULL,
    box_width REAL NOT NULL,
    box_height REAL NOT NULL,
    confidence REAL NOT NULL,
    user_id TEXT,
    vector BLOB NOT NULL,
    UNIQUE (collection_id, face_id)
);
CREATE INDEX IF NOT EXISTS face_by_user ON face (collection_id, user_id) WHERE user_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS answer (
    operation TEXT NOT NULL,
    token TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (operation, token)
);
"""
_BUSY_SECONDS = 30
_TOKEN_SECONDS = 8 * 3600
_FACE_COLUMNS = (
    "seq, face_id, image_id, external_image_id, box_left, box_top, box_width, box_height, confidence, user_id"
)
_MOST_PARAMETERS = 500


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection; the two counters tell a cache what it may keep."""

    id: int
    name: str
    model_version: str
    created_at: float
    faces_removed: int
    users_changed: int


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A face reference without its vector; the box is in ratios of its picture."""

    seq: int
    face_id: str
    image_id: str
    external_image_id: str | None
    left: float
    top: float
    width: float
    height: float
    confidence: float
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user with the number of its faces."""

    seq: int
    user_id: str
    changed_at: float
    faces: int


class Store:
    """The database of all collections.

    Every method runs inside `reading()` or `writing()`, on the calling thread's own connection. A write is on
    disk when `writing()` ends; it waits up to 30 s for other writers.

    Parameters
    ----------
    folder
        Made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "rekognition.sqlite"
        self._local = threading.local()
        with self.writing() as transaction:
            transaction.create_schema()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """Give one consistent view of the data."""
        yield from self._transaction("BEGIN")

    @contextmanager
    def writing(self) -> Iterator["Transaction"]:
        """Give the right to change; all is kept when the block ends well, nothing when it raises."""
        yield from self._transaction("BEGIN IMMEDIATE")

    def _transaction(self, begin: str) -> Iterator["Transaction"]:
        connection = self._connection()
        connection.execute(begin)
        try:
            yield Transaction(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection


class Transaction:
    """Reads and writes of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create_schema(self) -> None:
        """Make the tables that are not there yet."""
        for statement in _SCHEMA.split(";"):
            self._connection.execute(statement)

    # Collections

    def collection(self, name: str) -> Collection | None:
        """Return a collection by name."""
        row = self._connection.execute(
            "SELECT id, name, model_version, created_at, faces_removed, users_changed FROM collection "
            "WHERE name = ?",
            (name,),
        ).fetchone()
        return Collection(*row) if row else None

    def collections(self, after: int, limit: int) -> list[Collection]:
        """Return collections in the order in which they were made, after an id."""
        rows = self._connection.execute(
            "SELECT id, name, model_version, created_at, faces_removed, users_changed FROM collection "
            "WHERE id > ? ORDER BY id LIMIT ?",
            (after, limit),
        )
        return [Collection(*row) for row in rows]

    def add_collection(self, name: str, model_version: str, tags: Mapping[str, str]) -> None:
        """Add an empty collection."""
        self._connection.execute(
            "INSERT INTO collection (name, model_version, created_at, tags) VALUES (?, ?, ?, ?)",
            (name, model_version, time.time(), json.dumps(dict(tags))),
        )

    def delete_collection(self, collection: Collection) -> None:
        """Delete a collection with its faces and users."""
        self._connection.execute("DELETE FROM collection WHERE id = ?", (collection.id,))

    # Faces

    def add_face(self, collection: Collection, face: StoredFace, vector: Vector) -> None:
        """Add a face; its `seq` is given here."""
        self._connection.execute(
            "INSERT INTO face (collection_id, face_id, image_id, external_image_id, box_left, box_top, "
            "box_width, box_height, confidence, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                collection.id,
                face.face_id,
                face.image_id,
                face.external_image_id,
                face.left,
                face.top,
                face.width,
                face.height,
                face.confidence,
                vector.tobytes(),
            ),
        )

    def faces(
        self,
        collection: Collection,
        *,
        after: int = 0,
        limit: int = -1,
        user_id: str | None = None,
        face_ids: Iterable[str] | None = None,
    ) -> list[StoredFace]:
        """Return faces in the order in which they were added, after a `seq`; limit -1: all."""
        wanted = None if face_ids is None else set(face_ids)
        found: list[StoredFace] = []
        rows = self._connection.execute(
            f"SELECT {_FACE_COLUMNS} FROM face WHERE collection_id = ? AND seq > ? "  # noqa: S608 - constants
            "AND (? IS NULL OR user_id = ?) ORDER BY seq",
            (collection.id, after, user_id, user_id),
        )
        for row in rows:
            if wanted is None or row["face_id"] in wanted:
                found.append(StoredFace(*row))
                if len(found) == limit:
                    break
        return found

    def faces_by_id(self, collection: Collection, face_ids: Iterable[str]) -> dict[str, StoredFace]:
        """Return those of the faces that exist, by id."""
        ids = list(face_ids)
        found: dict[str, StoredFace] = {}
        for start in range(0, len(ids), _MOST_PARAMETERS):
            some = ids[start : start + _MOST_PARAMETERS]
            marks = ", ".join("?" * len(some))
            rows = self._connection.execute(
                f"SELECT {_FACE_COLUMNS} FROM face WHERE collection_id = ? AND face_id IN ({marks})",  # noqa: S608
                (collection.id, *some),
            )
            found.update((row["face_id"], StoredFace(*row)) for row in rows)
        return found

    def face_count(self, collection: Collection) -> int:
        """Return how many faces a collection has."""
        return self._number("SELECT COUNT(*) FROM face WHERE collection_id = ?", (collection.id,))

    def vectors(
        self, collection: Collection, after: int = 0
    ) -> Iterator[tuple[int, str, str | None, Vector]]:
        """Yield seq, face id, user id and vector of the faces after a `seq`."""
        rows = self._connection.execute(
            "SELECT seq, face_id, user_id, vector FROM face WHERE collection_id = ? AND seq > ? ORDER BY seq",
            (collection.id, after),
        )
        for seq, face_id, user_id, blob in rows:
            yield seq, face_id, user_id, np.frombuffer(blob, np.float32)

    def vector(self, collection: Collection, face_id: str) -> Vector | None:
        """Return the vector of one face."""
        row = self._connection.execute(
            "SELECT vector FROM face WHERE collection_id = ? AND face_id = ?", (collection.id, face_id)
        ).fetchone()
        return np.frombuffer(row[0], np.float32) if row else None

    def delete_face(self, collection: Collection, face_id: str) -> None:
        """Delete a face, vector and all."""
        self._connection.execute(
            "DELETE FROM face WHERE collection_id = ? AND face_id = ?", (collection.id, face_id)
        )
        self._connection.execute(
            "UPDATE collection SET faces_removed = faces_removed + 1 WHERE id = ?", (collection.id,)
        )

    # Users

    def add_user(self, collection: Collection, user_id: str) -> None:
        """Add a user without faces."""
        self._connection.execute(
            "INSERT INTO user (collection_id, user_id, changed_at) VALUES (?, ?, 0)",
            (collection.id, user_id),
        )

    def users(self, collection: Collection, *, after: int = 0, limit: int = -1) -> list[StoredUser]:
        """Return users in the order in which they were added, after a `seq`; limit -1: all."""
        rows = self._connection.execute(
            "SELECT seq, user_id, changed_at, (SELECT COUNT(*) FROM face WHERE "
            "face.collection_id = user.collection_id AND face.user_id = user.user_id) FROM user "
            "WHERE collection_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            (collection.id, after, limit),
        )
        return [StoredUser(*row) for row in rows]

    def user(self, collection: Collection, user_id: str) -> StoredUser | None:
        """Return one user."""
        row = self._connection.execute(
            "SELECT seq, user_id, changed_at, (SELECT COUNT(*) FROM face WHERE "
            "face.collection_id = user.collection_id AND face.user_id = user.user_id) FROM user "
            "WHERE collection_id = ? AND user_id = ?",
            (collection.id, user_id),
        ).fetchone()
        return StoredUser(*row) if row else None

    def user_count(self, collection: Collection) -> int:
        """Return how many users a collection has."""
        return self._number("SELECT COUNT(*) FROM user WHERE collection_id = ?", (collection.id,))

    def user_vectors(self, collection: Collection, user_id: str) -> list[Vector]:
        """Return the vectors of a user's faces."""
        rows = self._connection.execute(
            "SELECT vector FROM face WHERE collection_id = ? AND user_id = ? ORDER BY seq",
            (collection.id, user_id),
        )
        return [np.frombuffer(row[0], np.float32) for row in rows]

    def set_user(self, collection: Collection, face_ids: Iterable[str], user_id: str | None) -> None:
        """Associate faces with a user, or with nobody."""
        self._connection.executemany(
            "UPDATE face SET user_id = ? WHERE collection_id = ? AND face_id = ?",
            [(user_id, collection.id, face_id) for face_id in face_ids],
        )

    def touch_user(self, collection: Collection, user_id: str) -> None:
        """Note that a user's faces have changed, for its status and for caches."""
        self._connection.execute(
            "UPDATE user SET changed_at = ? WHERE collection_id = ? AND user_id = ?",
            (time.time(), collection.id, user_id),
        )
        self._note_users_changed(collection)

    def delete_user(self, collection: Collection, user_id: str) -> None:
        """Delete a user; its faces stay, associated with nobody."""
        self._connection.execute(
            "UPDATE face SET user_id = NULL WHERE collection_id = ? AND user_id = ?", (collection.id, user_id)
        )
        self._connection.execute(
            "DELETE FROM user WHERE collection_id = ? AND user_id = ?", (collection.id, user_id)
        )
        self._note_users_changed(collection)

    def _note_users_changed(self, collection: Collection) -> None:
        self._connection.execute(
            "UPDATE collection SET users_changed = users_changed + 1 WHERE id = ?", (collection.id,)
        )

    # Answers to requests with a token

    def remembered(self, operation: str, token: str) -> tuple[str, dict[str, Any]] | None:
        """Return request and answer of an earlier call with this token, for eight hours."""
        row = self._connection.execute(
            "SELECT request, answer FROM answer WHERE operation = ? AND token = ? AND at > ?",
            (operation, token, time.time() - _TOKEN_SECONDS),
        ).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def remember(self, operation: str, token: str, request: str, answer: Mapping[str, Any]) -> None:
        """Keep the answer to a call with a token, and forget expired ones."""
        now = time.time()
        self._connection.execute("DELETE FROM answer WHERE at <= ?", (now - _TOKEN_SECONDS,))
        self._connection.execute(
            "INSERT OR REPLACE INTO answer (operation, token, request, answer, at) VALUES (?, ?, ?, ?, ?)",
            (operation, token, request, json.dumps(dict(answer)), now),
        )

    def _number(self, query: str, parameters: tuple[Any, ...]) -> int:
        return int(self._connection.execute(query, parameters).fetchone()[0])
