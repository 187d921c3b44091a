"""The stores of a deployment, with the rights of whoever set it up: for seeding, not for serving."""

from dataclasses import dataclass

from attendance.adapters.dynamodb.captures import DynamoCaptureStore
from attendance.adapters.dynamodb.registers import DynamoRegisterStore
from attendance.adapters.dynamodb.schools import DynamoSchoolStore
from attendance.adapters.dynamodb.students import DynamoStudentStore
from attendance.adapters.dynamodb.table import Table
from local.deploy import Outputs
from local.emulator.clients import Clients


@dataclass(frozen=True, slots=True)
class Stores:
    schools: DynamoSchoolStore
    students: DynamoStudentStore
    captures: DynamoCaptureStore
    registers: DynamoRegisterStore

    @classmethod
    def of(cls, clients: Clients, outputs: Outputs) -> "Stores":
        table = Table(clients.client("dynamodb"), outputs["TableName"])
        return cls(
            schools=DynamoSchoolStore(table),
            students=DynamoStudentStore(table),
            captures=DynamoCaptureStore(table),
            registers=DynamoRegisterStore(table),
        )
