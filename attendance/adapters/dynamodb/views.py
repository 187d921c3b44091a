"""Who was given access to which pictures, by day."""

from uuid import uuid4

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import to_item
from attendance.adapters.dynamodb.table import Table
from attendance.usecases.view_pictures import PictureView


class DynamoViewLog:
    def __init__(self, table: Table) -> None:
        self._table = table

    def record(self, view: PictureView) -> None:
        key = keys.picture_view(view.school_id, view.at, uuid4().hex)
        self._table.put(to_item(view, PictureView, key))
