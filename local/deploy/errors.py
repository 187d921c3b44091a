"""The one error of a deployment."""


class DeployError(RuntimeError):
    """A stack could not be deployed; the message names the stack, the resource and the reason."""
