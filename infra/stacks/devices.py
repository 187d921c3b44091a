"""RollcallDevices: what cameras and admins' clients are, and what they may do."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.devices import admin_kind, camera_kind


class DevicesStack(Stack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, description="Rollcall: thing types and policies of the fleet")
        CfnOutput(self, "CameraPolicyName", value=camera_kind(self).policy_name)
        CfnOutput(self, "AdminPolicyName", value=admin_kind(self).policy_name)
