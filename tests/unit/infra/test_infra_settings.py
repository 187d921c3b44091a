"""The choices of a deployment."""

import pytest

from infra.settings import SettingInvalidError, Settings


def test_without_a_word_data_is_kept_and_rekognition_finds_faces() -> None:
    settings = Settings.from_context({}.get)
    assert settings.retains_data
    assert (settings.face_index, settings.capture_days) == ("rekognition", 7)


def test_a_context_value_replaces_its_default() -> None:
    settings = Settings.from_context({"removal": "destroy", "capture_days": "3"}.get)
    assert not settings.retains_data
    assert settings.capture_days == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("removal", "keep"),
        ("face_index", "Rekognition"),
        ("log_level", "loud"),
        ("capture_days", "0"),
        ("capture_days", "a week"),
        ("capture_days", "366"),
    ],
)
def test_a_value_that_is_no_choice_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalidError, match=f"{name}='{value}'"):
        Settings.from_context({name: value}.get)
