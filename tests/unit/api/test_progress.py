"""The verbs on lines say how far they are while long input runs, on stderr, and never in what they print."""

import argparse
import io
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from api.cli import alerts, classify, dedupe, group, ingest, match
from api.cli.lines import SHOW_EVERY_SECONDS, Lines

Run = Callable[[argparse.Namespace, Lines], int]
VERBS: dict[str, Run] = {
    "alerts": alerts.run,
    "classify": classify.run,
    "dedupe": dedupe.run,
    "group": group.run,
    "ingest": ingest.run,
    "match": match.run,
}
ROWS = 12


def told(run: Run, folder: Path, *, seconds_per_line: float) -> list[str]:
    """Return what a verb says on the side over some rows and one bad line, on a clock that is given to it."""
    rows = [{"id": str(number), "source": "forum", "text": f"柳湾镇第{number}次问低保金"} for number in range(ROWS)]
    path, said = folder / "posts.jsonl", io.StringIO()
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("no json\n" + text, encoding="utf-8")
    (folder / "huiyin.toml").write_text("", encoding="utf-8")
    ticks = count()
    options = {"config": str(folder / "huiyin.toml"), "rules": None, "heads": "", "scores": False, "carried": False}
    arguments = argparse.Namespace(file=str(path), **options)
    assert run(arguments, Lines(str(path), said, lambda: next(ticks) * seconds_per_line)) == 1
    return [line for line in said.getvalue().splitlines() if line.endswith(" bad")]


@pytest.mark.parametrize("verb", VERBS)
def test_long_input_shows_how_many_lines_were_read(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line takes as long as the pause between two shows and a little more: every second line shows the count."""
    shown = told(VERBS[verb], tmp_path, seconds_per_line=SHOW_EVERY_SECONDS * 0.6)

    assert shown[0].endswith("posts.jsonl: 2 lines, 1 bad")
    assert [line.split()[-4] for line in shown] == [str(number) for number in range(2, ROWS + 2, 2)]
    assert " lines, " not in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_short_input_shows_nothing(verb: str, tmp_path: Path) -> None:
    """Who pipes ten rows wants no chatter."""
    assert told(VERBS[verb], tmp_path, seconds_per_line=0.001) == []
