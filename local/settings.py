"""What the local run may be told by its environment, all with defaults that suit one developer's machine."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[1]


class LocalSettings(BaseSettings):
    """Variables are in capitals with the prefix ROLLCALL_, such as ROLLCALL_DASHBOARD_PORT."""

    model_config = SettingsConfigDict(env_prefix="ROLLCALL_", frozen=True)

    dashboard_port: int = Field(default=8080, ge=1, le=65535, description="The dashboard and its API")
    aws_port: int = Field(default=4566, ge=1, le=65535, description="All AWS APIs of the emulator")
    mqtt_port: int = Field(default=8883, ge=1, le=65535, description="The MQTT broker, mutual TLS")
    rekognition_port: int = Field(default=4570, ge=1, le=65535, description="Rekognition Local")
    face_index: Literal["rekognition", "engine"] = Field(
        default="rekognition",
        description="Who finds faces: Rekognition Local, or the engine in the functions",
    )
    data_dir: Path = Field(default=REPOSITORY / "data", description="All state; `make reset` deletes it")

    @property
    def dashboard_url(self) -> str:
        return f"http://127.0.0.1:{self.dashboard_port}"

    @property
    def rekognition_url(self) -> str:
        return f"http://127.0.0.1:{self.rekognition_port}"

    @property
    def build_dir(self) -> Path:
        """What is made from the working tree, and made again when that changes."""
        return REPOSITORY / "build"
