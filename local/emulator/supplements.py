"""The supplements, in the order in which they are applied. docs/emulator.md says what each is for."""

from local.emulator import checkpoints, dynamodb_durability, gateway, lambda_workers, loopback_only, root_signatures

ALL = (
    loopback_only,
    root_signatures,
    lambda_workers,
    dynamodb_durability,
    checkpoints,
    gateway,
)


def apply_all() -> None:
    """Apply every supplement.

    Raises
    ------
    local.emulator.upstream.UpstreamChangedError
        If the emulator is not the release that a supplement was written for.
    """
    for supplement in ALL:
        supplement.apply()
