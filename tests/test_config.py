"""Settings: read once, from one table."""

import os
import stat
from pathlib import Path

import pytest

from readiness.config import SETTINGS, read_settings
from readiness.errors import ReadinessError


def test_the_defaults_need_no_environment(tmp_path: Path) -> None:
    settings = read_settings({"READINESS_INSTANCE": str(tmp_path)})
    assert set(settings) == set(SETTINGS)
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path / 'readiness.db'}"
    assert settings["TRUSTED_HOSTS"] == ["localhost", "127.0.0.1"]


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = read_settings({"READINESS_INSTANCE": str(tmp_path)})["SECRET_KEY"]
    second = read_settings({"READINESS_INSTANCE": str(tmp_path)})["SECRET_KEY"]
    assert first == second
    assert len(str(first)) >= 32
    assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


@pytest.mark.parametrize("value", ["", "maybe", "1"])
def test_a_switch_that_is_neither_yes_nor_no_gets_a_sentence(tmp_path: Path, value: str) -> None:
    with pytest.raises(ReadinessError, match=r"READINESS_HTTPS is .* expected yes or no"):
        read_settings({"READINESS_INSTANCE": str(tmp_path), "READINESS_HTTPS": value})


@pytest.mark.parametrize("variable", ["READINESS_TRUSTED_HOSTS", "READINESS_INSTANCE"])
def test_an_empty_setting_that_would_trust_everyone_or_write_anywhere_gets_a_sentence(
    tmp_path: Path, variable: str
) -> None:
    with pytest.raises(ReadinessError, match=f"{variable} is ''; expected"):
        read_settings({"READINESS_INSTANCE": str(tmp_path), variable: ""})


def test_an_instance_folder_that_cannot_be_used_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReadinessError, match="Set READINESS_INSTANCE to a folder of yours"):
        read_settings({"READINESS_INSTANCE": str(tmp_path / "file")})
