"""Face references of the own engine: unit vectors, as little-endian float32, in the school's own partition.

The table encrypts them at rest. Beside them lies a version, another one after every change, so that whoever
keeps a gallery in memory asks for one small item to know whether it is still what is stored.
"""

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import numpy as np

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import Item, attributes
from attendance.adapters.dynamodb.table import Table
from attendance.adapters.engine import FaceReference
from attendance.domain.policy import Engine

_STORED: Final = "<f4"


class DynamoReferenceStore:
    """References of one engine and version; vectors of different ones are never compared.

    Parameters
    ----------
    engine
        Whose vectors are written and read. Those of others are left alone, but removed when asked to.
    """

    def __init__(self, table: Table, engine: Engine) -> None:
        self._table = table
        self._engine = str(engine)

    def add(self, school_id: str, reference: FaceReference) -> None:
        """Store a reference; with the id of another one it takes its place."""
        described = {
            **keys.reference(school_id, reference.reference_id),
            "reference_id": reference.reference_id,
            "student_id": reference.student_id,
            "engine": self._engine,
        }
        vector = np.asarray(reference.vector, _STORED).tobytes()
        self._table.put({**attributes(dict(described)), "vector": {"B": vector}})
        self._change_version(school_id)

    def remove(self, school_id: str, reference_ids: Sequence[str]) -> None:
        """Forget references; those that are not there are no error."""
        for reference_id in reference_ids:
            self._table.delete(keys.reference(school_id, reference_id))
        self._change_version(school_id)

    def version(self, school_id: str) -> str | None:
        """What `of_school` would read now, in a word; None where there never was a reference."""
        item = self._table.get(keys.references_version(school_id))
        return None if item is None else item["version"]["S"]

    def of_school(self, school_id: str) -> Sequence[FaceReference]:
        found = self._table.query(keys.references_partition(school_id), "REFERENCE#", consistent=True)
        return [_reference(item) for item in found if item["engine"]["S"] == self._engine]

    def _change_version(self, school_id: str) -> None:
        """After the change itself: whoever reads the new version then reads what it stands for."""
        version: dict[str, object] = {**keys.references_version(school_id), "version": uuid4().hex}
        self._table.put(attributes(version))


def _reference(item: Item) -> FaceReference:
    vector = np.frombuffer(item["vector"]["B"], _STORED).astype(np.float32)
    return FaceReference(item["reference_id"]["S"], item["student_id"]["S"], vector)
