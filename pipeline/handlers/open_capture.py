"""OpenCapture of take-roll."""

from attendance.contracts.workflow import OpenCaptureInput, OpenedCapture
from attendance.usecases.open_capture import open_capture
from pipeline import bootstrap
from pipeline.runtime import step


@step(OpenCaptureInput)
def handler(event: OpenCaptureInput) -> OpenedCapture:
    return open_capture(
        event.key,
        event.run,
        files=bootstrap.capture_files(),
        captures=bootstrap.captures(),
        registry=bootstrap.registry(),
    )
