"""The whole system on one machine: every part started in order, watched, and ended together."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from attendance.adapters.iot import ADMIN_TYPE, CAMERA_TYPE
from demo.portraits import PortraitsError
from faces import FaceEngineError
from local.builds import build_dashboard, synthesise
from local.children import Child, require_free_port
from local.demo_school import prepare_demo_school
from local.deploy import DeployError, Outputs, deploy
from local.emulator.clients import Clients
from local.emulator.process import Emulator, EmulatorError
from local.emulator.settings import EmulatorSettings
from local.errors import LocalRunError
from local.fingerprints import make_if_changed
from local.rekognition.process import start_rekognition_local
from local.rekognition.settings import RekognitionSettings
from local.schools import LocalSchool, enrol_students, seed_school
from local.settings import REPOSITORY, LocalSettings
from local.staff import SignIn, make_accounts
from local.stores import Stores
from local.things import ThingFiles, register_thing, write_settings

# What only the cloud can run: the content network in front of the dashboard.
CLOUD_ONLY = ("RollcallEdge",)
_BROKER_HOST = "localhost"  # the name in the broker's certificate

Progress = Callable[[str], None]
Part = TypeVar("Part")


class LocalSystem:
    """Starts and stops everything; `make run` and the integration tests use the same.

    Parameters
    ----------
    progress
        Is told what is being done, a line at a time.
    prepare_school
        Makes the school that is brought up; gets a folder where it may keep what it makes.
    """

    def __init__(
        self,
        settings: LocalSettings,
        progress: Progress = lambda _: None,
        prepare_school: Callable[[Path], LocalSchool] = prepare_demo_school,
    ) -> None:
        self.settings = settings
        self._prepare_school = prepare_school
        self._school: LocalSchool | None = None
        self._progress = progress
        self._children: list[Child] = []
        self._emulator: Emulator | None = None
        self._clients: Clients | None = None
        self._outputs: Outputs | None = None
        self.sign_ins: dict[str, SignIn] = {}

    @property
    def clients(self) -> Clients:
        """boto3 clients of the running emulator, with every right."""
        return _present(self._clients)

    @property
    def school(self) -> LocalSchool:
        return _present(self._school)

    @property
    def outputs(self) -> Outputs:
        """What the deployed stacks say of themselves."""
        return _present(self._outputs)

    @property
    def emulator(self) -> Emulator:
        return _present(self._emulator)

    @property
    def stores(self) -> Stores:
        return Stores.of(self.clients, self.outputs)

    @property
    def devices_dir(self) -> Path:
        return self.settings.data_dir / "devices"

    def start(self) -> None:
        """Bring everything up. What was made before is not made again.

        Raises
        ------
        LocalRunError
            With what to do. What had been started is stopped.
        """
        try:
            self._start()
        except (EmulatorError, DeployError, PortraitsError, FaceEngineError) as error:
            self.stop()
            raise LocalRunError(str(error)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every child, the cameras first and the emulator last."""
        for child in reversed(self._children):
            child.stop()
        self._children.clear()
        if self._emulator is not None:
            self._emulator.stop()
            self._emulator = None

    def ended_child(self) -> str | None:
        """Name and log of a part that has ended although nobody stopped it."""
        for child in self._children:
            if not child.is_running():
                return f"{child.name} has ended; see {child.log}"
        if self._emulator is not None and not self._emulator.running():
            return f"the AWS emulator has ended; see {self._emulator.log_file}"
        return None

    def child(self, name: str) -> Child:
        return next(child for child in self._children if child.name == name)

    def start_camera(self, device_id: str) -> None:
        files = ThingFiles(self.devices_dir / device_id)
        command = [sys.executable, "-m", "device", "--settings", str(files.settings)]
        self._spawn(f"camera {device_id}", command)

    def forget_child(self, child: Child) -> None:
        """Take a child that was killed on purpose off the watch list."""
        self._children.remove(child)

    def _start(self) -> None:
        settings = self.settings
        for port, purpose, variable in (
            (settings.dashboard_port, "the dashboard", "ROLLCALL_DASHBOARD_PORT"),
            (settings.aws_port, "the AWS emulator", "ROLLCALL_AWS_PORT"),
            (settings.mqtt_port, "the MQTT broker", "ROLLCALL_MQTT_PORT"),
            (settings.rekognition_port, "Rekognition Local", "ROLLCALL_REKOGNITION_PORT"),
        ):
            require_free_port(port, purpose, variable)
        self._require_same_face_index()
        self._prepare()
        self._start_services()
        self._progress("deploying the stacks")
        self._outputs = deploy(
            self._cdk_out,
            self.clients,
            checkpoint=self.emulator.checkpoint,
            parameters={"DashboardOrigin": self.settings.dashboard_url},
            skipped_stacks=CLOUD_ONLY,
            progress=lambda stack: self._progress(f"deploying {stack}"),
        )
        self._start_front()
        self._enrol()
        self._start_cameras()

    def _require_same_face_index(self) -> None:
        """Face references are in the index that they were enrolled in, and in no other."""
        stamp, chosen = self.settings.data_dir / "face-index", self.settings.face_index
        before = stamp.read_text() if stamp.exists() else chosen
        if before != chosen:
            message = (
                f"The students in {self.settings.data_dir} are enrolled with ROLLCALL_FACE_INDEX={before}. "
                f"Set it back, or run `make reset` to begin anew with {chosen}."
            )
            raise LocalRunError(message)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(chosen)

    @property
    def _cdk_out(self) -> Path:
        return self.settings.build_dir / f"cdk.{self.settings.face_index}.out"

    def _prepare(self) -> None:
        """Synth, the dashboard's build and the school's pictures do not need each other."""
        with ThreadPoolExecutor(3) as pool:
            jobs: dict[str, Future[bool]] = {
                "synthesised the CDK app": pool.submit(
                    synthesise, self._cdk_out, {"face_index": self.settings.face_index}
                ),
                "built the dashboard": pool.submit(build_dashboard),
            }
            school = pool.submit(self._prepare_school, self.settings.build_dir / "demo")
            self._progress(
                "synthesising the CDK app, building the dashboard, preparing the school's pictures"
            )
            for done, job in jobs.items():
                if job.result():
                    self._progress(done)
            self._school = school.result()

    def _start_services(self) -> None:
        settings = self.settings
        self._progress("starting the AWS emulator and Rekognition Local")
        emulator = Emulator(
            EmulatorSettings(
                http_port=settings.aws_port,
                mqtt_port=settings.mqtt_port,
                data_dir=settings.data_dir / "emulator",
                log_file=self._log("emulator"),
                lambda_environment={"AWS_ENDPOINT_URL_REKOGNITION": settings.rekognition_url},
            )
        )
        self._log("emulator").parent.mkdir(parents=True, exist_ok=True)
        emulator.start()
        self._emulator = emulator
        self._clients = Clients(emulator.endpoint_url, emulator.settings.region, emulator.credentials)
        if settings.face_index == "rekognition":
            self.start_rekognition()

    def start_rekognition(self) -> None:
        """Start Rekognition Local, and wait until it answers. Its collections are those it had."""
        settings, emulator = self.settings, self.emulator
        rekognition = RekognitionSettings(
            port=settings.rekognition_port,
            data_dir=settings.data_dir / "rekognition",
            s3_endpoint=emulator.endpoint_url,
        )
        credentials = {
            "AWS_ACCESS_KEY_ID": emulator.credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": emulator.credentials.secret_access_key,
            "AWS_DEFAULT_REGION": emulator.settings.region,
        }
        environment = _inherited() | credentials
        self._children.append(
            start_rekognition_local(rekognition, environment, self._log("rekognition-local"))
        )

    def _start_front(self) -> None:
        settings = self.settings
        config = {
            "region": self.emulator.settings.region,
            "user_pool_id": self.outputs["UserPoolId"],
            "user_pool_client_id": self.outputs["UserPoolClientId"],
            "cognito_url": self.emulator.endpoint_url,
        }
        stage = f"{self.emulator.endpoint_url}/_aws/execute-api/{self.outputs['ApiId']}/$default"
        front = self._spawn(
            "the dashboard",
            [
                sys.executable,
                "-m",
                "local.front",
                "--port",
                str(settings.dashboard_port),
                "--dist",
                str(REPOSITORY / "web" / "dist"),
                "--api-url",
                stage,
                "--config",
                json.dumps(config),
            ],
        )
        front.await_http(settings.dashboard_url)

    def _enrol(self) -> None:
        school = self.school
        self.sign_ins = make_accounts(
            self.clients.client("cognito-idp"),
            self.outputs["UserPoolId"],
            school.school_id,
            school.accounts,
            self.settings.data_dir / "sign-ins.json",
        )
        state = repr((school.policy, school.timetable, school.sections, school.students))
        current = hashlib.sha256(state.encode()).hexdigest()
        make_if_changed(self.settings.data_dir / "school.stamp", current, self._bring_school)

    def _bring_school(self) -> None:
        seed_school(self.school, self.stores)
        enrolled = enrol_students(
            self.school,
            self.stores,
            self.clients,
            self.outputs["PortraitsBucket"],
            lambda settled, every: self._progress(f"enrolling: {settled} of {every} portraits"),
        )
        self._progress(f"{enrolled.enrolled} portraits enrolled, {len(enrolled.refused)} refused")
        for name, why in enrolled.refused:
            self._progress(f"  {name}: {why}")

    def _start_cameras(self) -> None:
        school = self.school
        ca_pem = self.emulator.iot_ca_pem()
        iot = self.clients.client("iot")
        admin = ThingFiles(self.devices_dir / school.admin_thing)
        attributes = {"school": school.school_id}
        register_thing(iot, school.admin_thing, ADMIN_TYPE, attributes, admin, ca_pem=ca_pem)
        for device_id, camera in school.cameras.items():
            files = ThingFiles(self.devices_dir / device_id)
            attributes = {"school": school.school_id, "room": camera.room_id}
            register_thing(iot, device_id, CAMERA_TYPE, attributes, files, ca_pem=ca_pem)
            write_settings(
                files,
                {
                    "device_id": device_id,
                    "endpoint": _BROKER_HOST,
                    "port": self.settings.mqtt_port,
                    "ca_path": str(files.ca),
                    "certificate_path": str(files.certificate),
                    "private_key_path": str(files.private_key),
                    "state_dir": str(files.folder / "state"),
                    "camera_folder": str(camera.folder),
                },
            )
            self.start_camera(device_id)
        self._progress(f"{len(school.cameras)} cameras started")

    def _spawn(self, name: str, command: list[str]) -> Child:
        log = self._log(name.replace(" ", "-").lower())
        child = Child(name, command, log=log, environment=_inherited(), folder=REPOSITORY)
        self._children.append(child)
        return child

    def _log(self, name: str) -> Path:
        return self.settings.data_dir / "logs" / f"{name}.log"


def _inherited() -> dict[str, str]:
    """What Python needs to run, and nothing that could lead a child to a real account."""
    return {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}


def _present(part: Part | None) -> Part:
    if part is None:
        message = "the system has not been started"
        raise RuntimeError(message)
    return part
