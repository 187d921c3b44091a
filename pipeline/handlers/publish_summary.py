"""PublishSummary of take-roll."""

from aws_lambda_powertools.metrics import MetricUnit

from attendance.contracts.events import RollSummary
from attendance.contracts.workflow import PublishSummaryInput
from attendance.usecases.publish_summary import publish_summary
from pipeline import bootstrap
from pipeline.runtime import metrics, step


@step(PublishSummaryInput)
def handler(event: PublishSummaryInput) -> RollSummary:
    summary = publish_summary(
        event.capture,
        event.detected,
        event.searched,
        event.decided.unknown_faces,
        event.register_,
        announcer=bootstrap.announcer(),
    )
    metrics.add_metric("RegistersRecorded", MetricUnit.Count, 1)
    metrics.add_metric("RekognitionCalls", MetricUnit.Count, summary.rekognition_calls)
    metrics.add_metric("DoubtfulStudents", MetricUnit.Count, summary.doubtful)
    return summary
