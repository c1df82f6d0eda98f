"""`huiyin classify`: rows in, opinions out."""

import json
from pathlib import Path

import pytest

from api.cli import main
from api.cli.classify import heads_named
from pipeline.domain.errors import BadInput
from pipeline.domain.mention import HEADS

ROWS = (
    {"id": "a", "source": "s", "title": "投诉养老院", "text": "养老院不退押金，没人管，请查处！"},
    {"id": "b", "source": "s", "text": "。"},
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a file of two posts and a bad line."""
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS) + "no json\n", encoding="utf-8")
    return str(path)


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, dict[str, object]]]:
    """Return the lines that were printed."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_head_has_a_label_and_a_confidence(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An abstention is null with confidence 0; a bad line makes the exit code 1."""
    assert main(["classify", file]) == 1
    complaint, blank = printed(capsys)
    assert list(complaint) == ["id", *HEADS]
    assert complaint["about"]["label"] is True
    assert complaint["act"] == {"label": "投诉", "confidence": pytest.approx(0.97, abs=0.05)}
    assert blank["act"] == {"label": None, "confidence": 0.0}


def test_heads_are_picked_and_scores_added(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores name labels as the command line writes them."""
    main(["classify", "--heads", "about, sentiment", "--scores", file])
    complaint, blank = printed(capsys)
    assert list(complaint) == ["id", "about", "sentiment"]
    assert complaint["about"]["scores"] == {"true": complaint["about"]["confidence"]}
    assert complaint["sentiment"]["scores"].keys() == {"negative", "neutral", "positive"}  # type: ignore[attr-defined]
    assert blank["about"]["scores"] == {}


def test_an_unknown_head_is_refused_before_anything_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names it and the heads that there are."""
    assert main(["classify", "--heads", "mood", "no-such-file"]) == 2
    assert "no head is called mood; there are about, service_line" in capsys.readouterr().err
    with pytest.raises(BadInput):
        heads_named("about,topic")
