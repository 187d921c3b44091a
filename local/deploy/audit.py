"""Which properties of the deployed templates the emulator has ignored."""

from pathlib import Path


def ignored_properties(audit_file: Path) -> set[str]:
    """Return the properties that nobody looked at while stacks were created.

    Parameters
    ----------
    audit_file
        The file of `EmulatorSettings.audit_file`, of an emulator that the stacks were deployed into.

    Returns
    -------
    set of str
        Type and path, for example `AWS::Lambda::Function TracingConfig.Mode`. A test compares them with
        the list of those known not to matter in a local run.
    """
    return set(audit_file.read_text().splitlines()) if audit_file.exists() else set()
