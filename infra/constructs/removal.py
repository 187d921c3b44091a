"""What becomes of data when its stack is deleted."""

from aws_cdk import RemovalPolicy


def removal_policy(*, retain: bool) -> RemovalPolicy:
    """Every resource that holds data says so itself: CDK's and CloudFormation's defaults differ by type."""
    return RemovalPolicy.RETAIN if retain else RemovalPolicy.DESTROY
