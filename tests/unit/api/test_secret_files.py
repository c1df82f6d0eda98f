"""A secret's file that others may read is told, where the system says who may."""

import os
from pathlib import Path

import pytest

from api.config import Config, Mail, Wecom
from api.secret_files import warnings_of_secrets

posix_only = pytest.mark.skipif(os.name != "posix", reason="only POSIX has mode bits")


@posix_only
@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o644, 1)])
def test_a_secret_that_others_may_read_is_warned_of(tmp_path: Path, mode: int, warned: int) -> None:
    """The sentence names key, file, code and the remedy, and never the secret."""
    secret = tmp_path / "password"
    secret.write_text("hidden-words", encoding="utf-8")
    secret.chmod(mode)
    told = warnings_of_secrets(Config(mail=Mail(password_file=str(secret))))
    assert len(told) == warned
    assert all("CFG-144" in one and "chmod 600" in one and "hidden-words" not in one for one in told)


def test_a_system_without_mode_bits_and_a_missing_file_are_not_warned_of(tmp_path: Path) -> None:
    """Nothing is claimed that is not known."""
    secret = tmp_path / "key"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o644)
    assert warnings_of_secrets(Config(wecom=Wecom(key_file=str(secret))), "nt") == ()
    assert not warnings_of_secrets(Config(wecom=Wecom(key_file=str(tmp_path / "none"))))
