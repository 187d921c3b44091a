"""Schools: policy, bell schedule, lessons, sections, rosters."""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import attributes, from_item, to_item
from attendance.adapters.dynamodb.table import Table
from attendance.domain.confusables import ConfusablePair
from attendance.domain.errors import NotFoundError
from attendance.domain.policy import Policy
from attendance.domain.rosters import Enrollment, Section
from attendance.domain.timetable import Lesson, Period, Timetable


@dataclass(frozen=True, slots=True)
class _School:
    school_id: str
    name: str
    time_zone: str
    policy: Policy


class DynamoSchoolStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def schools(self) -> Sequence[str]:
        prefix = "SCHOOL#"
        found = self._table.query(keys.SCHOOLS, prefix)
        return [item["SK"]["S"].removeprefix(prefix) for item in found]

    def timetable(self, school_id: str) -> Timetable:
        partition = keys.timetable_partition(school_id)
        return Timetable(
            time_zone=self._school(school_id).time_zone,
            periods=tuple(from_item(item, Period) for item in self._table.query(partition, "PERIOD#")),
            lessons=tuple(from_item(item, Lesson) for item in self._table.query(partition, "LESSON#")),
        )

    def policy(self, school_id: str) -> Policy:
        return self._school(school_id).policy

    def section(self, school_id: str, section_id: str) -> Section:
        item = self._table.get(keys.section(school_id, section_id))
        if item is None:
            message = f"There is no section {section_id}."
            raise NotFoundError(message)
        return from_item(item, Section)

    def sections(self, school_id: str) -> Sequence[Section]:
        found = self._table.query(keys.school_partition(school_id), "SECTION#")
        return [from_item(item, Section) for item in found]

    def enrollments(self, school_id: str, section_id: str) -> Sequence[Enrollment]:
        found = self._table.query(keys.section_partition(school_id, section_id), "ENROLLMENT#")
        return [from_item(item, Enrollment) for item in found]

    def confusable_pairs(self, school_id: str) -> Sequence[ConfusablePair]:
        found = self._table.query(keys.confusables_partition(school_id), "PAIR#", consistent=True)
        return [from_item(item, ConfusablePair) for item in found]

    def put_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        key = keys.confusable_pair(school_id, pair.first, pair.second)
        self._table.put(to_item(pair, ConfusablePair, key))

    def remove_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        self._table.delete(keys.confusable_pair(school_id, pair.first, pair.second))

    def add_school(self, school_id: str, name: str, policy: Policy, timetable: Timetable) -> None:
        """Write or replace what a school is; lessons that are gone from the timetable are not removed."""
        school = _School(school_id, name, timetable.time_zone, policy)
        self._table.put_all(
            [
                to_item(school, _School, keys.school(school_id)),
                *(to_item(p, Period, keys.period(school_id, p.period_id)) for p in timetable.periods),
                *(to_item(entry, Lesson, keys.lesson(school_id, entry)) for entry in timetable.lessons),
                attributes(dict(keys.listed_school(school_id))),
            ]
        )

    def add_section(self, school_id: str, section: Section) -> None:
        self._table.put(to_item(section, Section, keys.section(school_id, section.section_id)))

    def _school(self, school_id: str) -> _School:
        item = self._table.get(keys.school(school_id))
        if item is None:
            message = f"There is no school {school_id}."
            raise NotFoundError(message)
        return from_item(item, _School)
