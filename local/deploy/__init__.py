"""Deploys the synthesised CDK app into the emulator: assets, then one change set a stack."""

from local.deploy.deployment import Outputs, deploy
from local.deploy.errors import DeployError

__all__ = ["DeployError", "Outputs", "deploy"]
