"""The supplements, in the order in which they are applied. docs/emulator.md says what each is for."""

from local.emulator import (
    bounded_records,
    checkpoints,
    cloudformation_audit,
    cloudformation_dynamodb,
    cloudformation_letter_case,
    cloudformation_s3_lifecycle,
    dynamodb_durability,
    eventbridge_dead_letters,
    gateway,
    iam_leading_keys,
    iot_client_certificates,
    iot_connections,
    iot_flow_control,
    iot_keep_alive,
    iot_payload_limit,
    iot_session_durability,
    iot_slow_readers,
    iot_subscriptions,
    lambda_log_file,
    lambda_stream_sources,
    lambda_workers,
    loopback_only,
    loopback_tls_condition,
    root_signatures,
    s3_expiry,
    scheduler_tick,
    sfn_durability,
    sfn_history,
    sfn_redrive,
    sfn_retry,
    sfn_same_name,
    sfn_start,
    sfn_throttling,
    sqs_durability,
)

ALL = (
    loopback_only,
    loopback_tls_condition,
    root_signatures,
    iam_leading_keys,
    lambda_workers,
    lambda_log_file,
    lambda_stream_sources,
    eventbridge_dead_letters,
    scheduler_tick,
    dynamodb_durability,
    cloudformation_dynamodb,
    cloudformation_letter_case,
    cloudformation_s3_lifecycle,
    cloudformation_audit,
    sfn_start,
    sfn_same_name,
    sfn_history,
    sfn_retry,
    sfn_throttling,
    sfn_redrive,
    sfn_durability,
    sqs_durability,
    s3_expiry,
    bounded_records,
    iot_connections,
    iot_client_certificates,
    iot_keep_alive,
    iot_slow_readers,
    iot_subscriptions,
    iot_flow_control,
    iot_session_durability,
    iot_payload_limit,
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
