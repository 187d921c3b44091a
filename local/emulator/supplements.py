"""The supplements, in the order in which they are applied. docs/emulator.md says what each is for."""

from local.emulator import lambda_workers, loopback_only

ALL = (loopback_only, lambda_workers)


def apply_all() -> None:
    """Apply every supplement.

    Raises
    ------
    local.emulator.upstream.UpstreamChangedError
        If the emulator is not the release that a supplement was written for.
    """
    for supplement in ALL:
        supplement.apply()
