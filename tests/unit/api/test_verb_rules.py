"""`--rules FILE` for dedupe, group and alerts: then only what meets a rule of the file is a mention."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import main

SUBSIDY = "柳湾镇的低保金两个月没有发了，问了民政局只说等通知，老人家里已经揭不开锅"
WALK = "周末和朋友去爬山，山顶的云海特别漂亮，下山以后又看了一场很长的老电影"
RULES = '[[rule]]\nid = "subsidy"\nany = ["低保金"]\n'
GRAVE = '[[rule]]\nid = "falls"\nany = ["摔倒"]\ngrave = true\n'
TEXTS = (
    ("forum", SUBSIDY),
    ("weibo", SUBSIDY),
    ("forum", "柳湾镇低保金两个月没有发放，邻居也没收到，民政局能回应吗"),
    ("forum", "柳湾镇的低保金怎么又停了两个月，民政局到底什么时候发"),
    ("forum", WALK),
    ("weibo", WALK),
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Six posts of one morning by six people; four are about an allowance, two are a copied walk in the hills."""
    path = tmp_path / "posts.jsonl"
    rows = [
        {
            "id": str(n),
            "source": source,
            "poster": f"p{n}",
            "text": text,
            "published_at": f"2026-11-02T0{n}:00:00+08:00",
        }
        for n, (source, text) in enumerate(TEXTS, start=1)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], verb: str, file: str, rules: str = "") -> list[dict[str, Any]]:
    """Return the rows that a verb prints, with a rule file of this text where one is given."""
    arguments = [verb, file]
    if rules:
        path = Path(file).with_name("rules.toml")
        path.write_text(rules, encoding="utf-8")
        arguments += ["--rules", str(path)]
    assert main(arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_dedupe_compares_only_what_meets_a_rule(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The copied walk is a repost without rules, and nothing that is watched with them."""
    free = {row["id"]: row["repost_of"] for row in printed(capsys, "dedupe", file)}
    gated = {row["id"]: row["repost_of"] for row in printed(capsys, "dedupe", file, RULES)}

    assert (free["2"], free["6"]) == ("1", "5")
    assert (gated["2"], gated["6"]) == ("1", None)


def test_group_groups_only_what_meets_a_rule(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What meets none has no group, and everything that is watched is in one matter."""
    free = [row["incident"] for row in printed(capsys, "group", file)]
    gated = [row["incident"] for row in printed(capsys, "group", file, RULES)]

    assert None not in free
    assert len(set(gated[:4])) == 1
    assert gated[0] is not None
    assert gated[4:] == [None, None]


def test_alerts_come_only_of_what_meets_a_rule(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that nothing meets raises nothing; a grave one raises at once and says so."""
    assert printed(capsys, "alerts", file, GRAVE) == []
    with Path(file).open("a", encoding="utf-8") as more:
        row = {"id": "7", "source": "forum", "text": "老人在养老院门口摔倒了，没有人管，民政局快来看看"}
        more.write(json.dumps(row | {"published_at": "2026-11-02T07:00:00+08:00"}, ensure_ascii=False) + "\n")
    (alert,) = printed(capsys, "alerts", file, GRAVE)

    assert (alert["reason"], alert["level"], alert["posts"]) == ("grave", 2, ["7"])


@pytest.mark.parametrize("verb", ["dedupe", "group", "alerts"])
def test_a_wrong_rule_file_reads_nothing(verb: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The problem is named, and no row is printed."""
    path = Path(file).with_name("wrong.toml")
    path.write_text('[[rule]]\nid = "x"\nanny = ["a"]\n', encoding="utf-8")
    assert main([verb, file, "--rules", str(path)]) == 2
    said = capsys.readouterr()

    assert said.out == ""
    assert "Did you mean any?" in said.err
