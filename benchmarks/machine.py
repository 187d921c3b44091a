"""What figures were measured on, in a sentence that stands below them."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime

import cv2


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a run began, and how busy the machine was; load is processes that wanted a core, over a minute."""

    began: datetime
    load: float

    @classmethod
    def now(cls) -> "Circumstances":
        return cls(datetime.now(UTC), os.getloadavg()[0])

    def sentence(self) -> str:
        """Say the day, the machine and its load, here and at the start."""
        return (
            f"Measured on {self.began:%d %B %Y}: {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, OpenCV {cv2.__version__}; "
            f"load average {self.load:.1f} at the start and {os.getloadavg()[0]:.1f} at the end."
        )
