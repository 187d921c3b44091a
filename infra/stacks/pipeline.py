"""RollcallPipeline: from the minute's tick to the register, and from a portrait to a face reference."""

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.access import Access, AnnouncementAccess, DeviceAccess, FaceAccess
from infra.constructs.function import FULL_CPU_MIB, Function, Package, pascal_case
from infra.constructs.intake import MqttIntake
from infra.constructs.projections import RegisterStream
from infra.constructs.schedule import EveryMinute
from infra.constructs.workflow import Workflow
from infra.settings import Settings
from infra.stacks.storage import StorageStack

COMMAND_TOPICS = "devices/*/commands/capture"
UPLOAD_URL_ANSWERS = "devices/*/rpc/upload-urls/*"
REGISTER_HINTS = "schools/*/registers/*"

_CAPTURE_EVENTS = "SELECT *, topic(2) AS device_id FROM 'devices/+/events/capture'"
_UPLOAD_URL_REQUESTS = "SELECT *, topic(2) AS device_id FROM 'devices/+/rpc/upload-urls'"
_CAPTURE_REQUESTS = "SELECT *, topic(2) AS room_id, clientid() AS client_id FROM 'rooms/+/capture-requests'"

_INTAKE_TIMEOUT_S = 20
# Functions of a workflow raise what the machine retries, catches and records.
_WORKFLOW_ERRORS = 10


class PipelineStack(Stack):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        storage: StorageStack,
        settings: Settings,
        repository: Path,
        code: Path,
    ) -> None:
        super().__init__(scope, name, description="Rollcall: captures, rolls and enrolment")
        self._storage = storage
        self._repository = repository
        self._table = storage.table_access
        self._captures = storage.capture_access
        self._portraits = storage.portrait_access
        self._devices = DeviceAccess(self)
        self._faces = FaceAccess(self, settings.face_index)
        self._announcements = AnnouncementAccess(self, storage.summaries)
        self._package = Package(
            self,
            "Package",
            code=code,
            repository=repository,
            alerts=storage.alerts,
            log_level=settings.log_level,
        )
        take_roll = self._take_roll()
        enrol_student = self._enrol_student()
        dispatch = self._captures_on_schedule()
        self._messages_from_devices()
        self._projections()
        CfnOutput(self, "TakeRollArn", value=take_roll.machine.state_machine_arn)
        CfnOutput(self, "EnrolStudentArn", value=enrol_student.machine.state_machine_arn)
        CfnOutput(self, "DispatchCapturesName", value=dispatch.function_name)

    def _take_roll(self) -> Workflow:
        table, captures, announcements = self._table, self._captures, self._announcements
        functions = [
            self._step("open_capture", [table.write(), captures.read(), self._devices.look_up()]),
            self._step("resolve_meeting", [table.write()]),
            self._step(
                "detect_faces",
                [captures.read(), captures.write(), self._faces.detect()],
                memory_mib=FULL_CPU_MIB,
                timeout_s=60,
            ),
            self._step(
                "search_faces",
                [table.read(), captures.read(), captures.write(), self._faces.search()],
                memory_mib=FULL_CPU_MIB,
                timeout_s=120,
            ),
            self._step("decide_marks", [table.read(), captures.read(), captures.write()]),
            self._step("record_marks", [table.write(), captures.read()]),
            self._step("publish_summary", [table.once(), announcements.announce()]),
            self._step("record_failure", [table.write(), announcements.announce()]),
        ]
        return self._workflow("take-roll", functions, self._storage.captures, "captures/*/manifest.json")

    def _enrol_student(self) -> Workflow:
        table, portraits = self._table, self._portraits
        functions = [
            self._step(
                "check_portrait",
                [table.read(), portraits.read(), self._faces.detect()],
                memory_mib=FULL_CPU_MIB,
                timeout_s=60,
            ),
            self._step(
                "index_portrait",
                [
                    table.write(),
                    portraits.read(),
                    self._faces.detect(),
                    self._faces.compare(),
                    self._faces.index(),
                ],
                memory_mib=FULL_CPU_MIB,
                timeout_s=60,
            ),
            self._step("record_refusal", [table.write()]),
        ]
        return self._workflow("enrol-student", functions, self._storage.portraits, "portraits/*")

    def _captures_on_schedule(self) -> Function:
        dispatch = self._function(
            "dispatch_captures",
            [
                self._table.write(),
                self._devices.list_all(),
                self._devices.publish(COMMAND_TOPICS),
                self._announcements.announce(),
            ],
            timeout_s=55,
        )
        EveryMinute(
            self, "EveryMinute", function=dispatch, alerts=self._storage.alerts, of="Ticks of the schedule"
        )
        return dispatch

    def _messages_from_devices(self) -> None:
        table, devices = self._table, self._devices
        self._intake(
            "request_capture",
            [table.write(), devices.list_all(), devices.publish(COMMAND_TOPICS)],
            sql=_CAPTURE_REQUESTS,
            of="Capture requests",
        )
        self._intake(
            "issue_upload_urls",
            [
                table.read(),
                devices.look_up(),
                devices.publish(UPLOAD_URL_ANSWERS),
                self._captures.write(),
            ],
            sql=_UPLOAD_URL_REQUESTS,
            of="Requests for upload URLs",
        )
        self._intake(
            "record_capture_event",
            [table.write(), devices.look_up(), self._announcements.announce()],
            sql=_CAPTURE_EVENTS,
            of="Capture events",
        )

    def _projections(self) -> None:
        project = self._function(
            "project_registers",
            [
                self._table.write(),
                self._announcements.announce(),
                self._devices.publish(REGISTER_HINTS),
            ],
        )
        RegisterStream(
            self,
            "RegisterStream",
            table=self._storage.table,
            function=project,
            alerts=self._storage.alerts,
        )

    def _workflow(self, name: str, functions: list[Function], bucket: s3.IBucket, keys: str) -> Workflow:
        return Workflow(
            self,
            pascal_case(name.replace("-", "_")),
            name=name,
            definition=self._repository / "statemachines" / f"{name}.asl.json",
            functions={function.node.id: function for function in functions},
            bucket=bucket,
            keys=keys,
            alerts=self._storage.alerts,
        )

    def _intake(self, verb: str, uses: list[Access], *, sql: str, of: str) -> None:
        MqttIntake(
            self,
            f"{pascal_case(verb)}Intake",
            sql=sql,
            function=self._function(verb, uses, timeout_s=_INTAKE_TIMEOUT_S),
            timeout_s=_INTAKE_TIMEOUT_S,
            alerts=self._storage.alerts,
            of=of,
        )

    def _step(self, verb: str, uses: list[Access], *, memory_mib: int = 512, timeout_s: int = 30) -> Function:
        return Function(
            self,
            verb,
            package=self._package,
            uses=uses,
            memory_mib=memory_mib,
            timeout_s=timeout_s,
            tolerated_errors=_WORKFLOW_ERRORS,
        )

    def _function(self, verb: str, uses: list[Access], *, timeout_s: int = 30) -> Function:
        return Function(self, verb, package=self._package, uses=uses, timeout_s=timeout_s)
