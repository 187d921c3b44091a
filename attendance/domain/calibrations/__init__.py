"""What each engine's similarities are worth, written by ``make calibrate`` into the modules beside this."""

from attendance.domain.calibrations.yunet_sface_1 import YUNET_SFACE_1
from attendance.domain.errors import EngineNotCalibratedError
from attendance.domain.evidence import Calibration

CALIBRATIONS = {str(calibration.engine): calibration for calibration in (YUNET_SFACE_1,)}


def calibration_of(engine: str) -> Calibration:
    """The calibration of an engine, written ``name/version``.

    Raises
    ------
    EngineNotCalibratedError
        Nobody has measured it.
    """
    try:
        return CALIBRATIONS[engine]
    except KeyError:
        message = f"The face engine {engine} has no calibration: run `make calibrate` over it first."
        raise EngineNotCalibratedError(message) from None
