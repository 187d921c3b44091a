"""Settings of an agent, out of the file written when the device was provisioned, and of the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, FilePath
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from attendance.contracts.base import Identifier

ENVIRONMENT_PREFIX = "ROLLCALL_DEVICE_"
_MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """The environment, in capitals with the prefix, wins over the file."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    device_id: Annotated[
        Identifier,
        Field(title="Device", description="Name of the IoT Thing; also the MQTT client id and topic branch."),
    ]
    endpoint: Annotated[
        str,
        Field(
            title="Broker",
            description="Host name of the MQTT broker, as its certificate has it.",
            min_length=1,
        ),
    ]
    port: Annotated[
        int, Field(title="Port", description="TCP port of the broker's mutual TLS.", ge=1, le=65535)
    ] = 8883
    ca_path: Annotated[
        FilePath,
        Field(
            title="Authority", description="PEM file of the authority that signed the broker's certificate."
        ),
    ]
    certificate_path: Annotated[
        FilePath, Field(title="Certificate", description="PEM file of the device's own certificate.")
    ]
    private_key_path: Annotated[
        FilePath, Field(title="Private key", description="PEM file of the certificate's key.")
    ]
    state_dir: Annotated[
        Path,
        Field(
            title="State",
            description="Folder of the store and the spool; made when missing, 0700, one agent's only.",
        ),
    ]
    camera_folder: Annotated[
        Path,
        Field(
            title="Camera",
            description="Folder of pictures that are replayed as the camera, in order of name.",
        ),
    ]
    upload_ca_path: Annotated[
        FilePath | None,
        Field(
            title="Upload authority", description="PEM file to trust for uploads, where not the system's own."
        ),
    ] = None
    spool_quota_bytes: Annotated[
        int,
        Field(
            title="Spool quota",
            description="Bytes of pictures that may wait for upload; above it, captures fail with DISK_FULL.",
            ge=16 * _MEBIBYTE,
        ),
    ] = 512 * _MEBIBYTE
    min_free_bytes: Annotated[
        int,
        Field(
            title="Free space",
            description="Bytes that a new capture must leave free on the disk, else it fails with DISK_FULL.",
            ge=0,
        ),
    ] = 64 * _MEBIBYTE
    retention: Annotated[
        timedelta,
        Field(
            title="Retention",
            description="How long an upload is tried (ISO 8601 or seconds); then the pictures are deleted.",
            ge=timedelta(minutes=1),
            le=timedelta(days=7),
        ),
    ] = timedelta(hours=24)
    health_interval_s: Annotated[
        float,
        Field(
            title="Health", description="Seconds between health reports, give or take a sixth.", ge=1, le=3600
        ),
    ] = 60.0
    rpc_timeout_s: Annotated[
        float, Field(title="Request timeout", description="Seconds to wait for upload URLs.", ge=1, le=120)
    ] = 15.0
    upload_timeout_s: Annotated[
        float,
        Field(
            title="Upload timeout",
            description="Longest silence of the upload server, in seconds.",
            ge=1,
            le=300,
        ),
    ] = 30.0
    retry_most_s: Annotated[
        float,
        Field(title="Retry", description="Longest pause before trying again, in seconds.", ge=0.1, le=3600),
    ] = 120.0
    reconnect_most_s: Annotated[
        float,
        Field(
            title="Reconnect", description="Longest pause before connecting again, in seconds.", ge=1, le=600
        ),
    ] = 60.0
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(title="Log level", description="Least severe level that is logged to stderr."),
    ] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls)


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings, with the file at `path` (JSON, the names of the fields) beneath the environment.

    Raises
    ------
    pydantic.ValidationError
        A setting is missing, unknown or out of bounds.
    OSError, ValueError
        The file cannot be read, or is not JSON.
    """
    if path is None:
        return Settings()
    path.open().close()  # pydantic-settings passes over a file that is not there

    class FileSettings(Settings):
        model_config = SettingsConfigDict(json_file=path)

    return FileSettings()
