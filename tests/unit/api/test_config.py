"""The operator's file: every problem at once, with line and suggestion."""

from pathlib import Path

import pytest

from api.config import read_config
from pipeline.domain.errors import BadInput

MISTAKES = Path(__file__).parents[2] / "config_mistakes"


@pytest.mark.parametrize("path", sorted(MISTAKES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_mistake_is_named_with_its_line_and_a_suggestion(path: Path) -> None:
    """Each file holds one kind of mistake; the lines beside it must all be in the message."""
    with pytest.raises(BadInput) as refusal:
        read_config(path)

    for line in path.with_suffix(".expected").read_text(encoding="utf-8").splitlines():
        assert line in str(refusal.value)


def test_an_empty_file_is_a_safe_configuration(tmp_path: Path) -> None:
    """Nothing set means loopback only."""
    (tmp_path / "huiyin.toml").write_text("")

    assert read_config(tmp_path / "huiyin.toml").web.host == "127.0.0.1"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The sentence names the file and the next step."""
    with pytest.raises(BadInput, match=r"nowhere.toml: there is no such file; name yours with --config"):
        read_config(tmp_path / "nowhere.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """The same file means the same folder from wherever it is named."""
    (tmp_path / "huiyin.toml").write_text('[data]\nfolder = "data"\n')

    assert read_config(tmp_path / "huiyin.toml").data.folder == str(tmp_path / "data")
