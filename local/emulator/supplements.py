"""The supplements, in the order in which they are applied. docs/emulator.md says what each is for."""

from local.emulator import (
    checkpoints,
    cloudformation_dynamodb,
    cloudformation_letter_case,
    cloudformation_s3_lifecycle,
    dynamodb_durability,
    gateway,
    lambda_workers,
    loopback_only,
    loopback_tls_condition,
    root_signatures,
)

ALL = (
    loopback_only,
    loopback_tls_condition,
    root_signatures,
    lambda_workers,
    dynamodb_durability,
    cloudformation_dynamodb,
    cloudformation_letter_case,
    cloudformation_s3_lifecycle,
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
