"""The vectors of the collections in memory, brought up to date with the database before each search."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from faces import Gallery, Neighbour, template_of
from faces.arrays import Vector
from local.rekognition.store import Collection, Transaction


@dataclass(slots=True)
class _Cached:
    """What has been loaded of one collection."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    faces: Gallery = field(default_factory=Gallery)
    last_seq: int = 0
    faces_removed: int = 0
    users: Gallery = field(default_factory=Gallery)
    users_changed: int = 0


class Galleries:
    """Nearest faces and users of a collection.

    Other processes write too: new faces are read by their sequence number, and when the collection's counters
    say that faces or users changed, those are read anew (10,000 faces: about 30 ms). An unchanged collection
    costs nothing but the search.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cached: dict[int, _Cached] = {}

    def nearest_faces(
        self, transaction: Transaction, collection: Collection, vector: Vector, limit: int, floor: float
    ) -> list[Neighbour]:
        """Return the nearest faces by id, nearest first; `floor` is the least cosine."""
        cached = self._of(collection)
        with cached.lock:
            if cached.faces_removed != collection.faces_removed:
                cached.faces, cached.last_seq = Gallery(), 0
                cached.faces_removed = collection.faces_removed
            for seq, face_id, _, known in transaction.vectors(collection, after=cached.last_seq):
                cached.faces.add(face_id, known)
                cached.last_seq = seq
            return cached.faces.search(vector, limit, floor)

    def nearest_users(
        self, transaction: Transaction, collection: Collection, vector: Vector, limit: int, floor: float
    ) -> list[Neighbour]:
        """Return the nearest users by id, nearest first; a user's vector is the mean of its faces'."""
        cached = self._of(collection)
        with cached.lock:
            if cached.users_changed != collection.users_changed:
                vectors: dict[str, list[Vector]] = defaultdict(list)
                for _, _, user_id, known in transaction.vectors(collection):
                    if user_id is not None:
                        vectors[user_id].append(known)
                cached.users = Gallery((user_id, template_of(known)) for user_id, known in vectors.items())
                cached.users_changed = collection.users_changed
            return cached.users.search(vector, limit, floor)

    def _of(self, collection: Collection) -> _Cached:
        # Collection ids are never used again, so a collection deleted and made anew is another one.
        with self._lock:
            return self._cached.setdefault(collection.id, _Cached())
