"""The verbs that people script against: match, dedupe, group, alerts, ingest, check (DESIGN §4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import main

SUBSIDY = "云汐县柳湾镇的低保金两个月没有发了，问了民政局只说等通知，老人家里已经揭不开锅"
ROWS: tuple[dict[str, Any], ...] = (
    {"id": "1", "source": "forum", "poster": "a", "text": f"{SUBSIDY}，我的电话13800138000"},
    {"id": "2", "source": "weibo", "poster": "b", "text": f"{SUBSIDY}，我的电话13800138000"},
    {"id": "3", "source": "forum", "poster": "c", "text": "柳湾镇低保金两个月没有发放，邻居也没收到，民政局能回应吗"},
    {"id": "4", "source": "forum", "poster": "d", "text": "今天天气真好，和朋友去爬山，看了一场电影"},
)
RULES = '[[rule]]\nid = "neighbours"\nany = ["邻居"]\n'


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Four posts of one morning, an hour apart."""
    rows = [row | {"published_at": f"2026-11-02T0{number}:00:00+08:00"} for number, row in enumerate(ROWS, start=1)]
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """One rule that only the third post meets."""
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return str(path)


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_match_prints_posts_masked_with_hits_that_stand_where_they_say(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The given id comes back; offsets are code points of the printed text."""
    assert main(["match", file]) == 0
    rows = printed(capsys)

    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert "13800138000" not in json.dumps(rows)
    hits = [(row["text"][hit["start"] : hit["end"]], hit["term"]) for row in rows for hit in row["mentions"]]
    assert ("低保金", "低保金") in hits
    assert all(found == term for found, term in hits)
    assert rows[3]["mentions"] == []


def test_match_takes_the_rules_of_a_file_instead(file: str, rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Then the bundled ones are silent."""
    assert main(["match", file, "--rules", rules]) == 0

    assert [[hit["rule"] for hit in row["mentions"]] for row in printed(capsys)] == [[], [], ["neighbours"], []]


def test_dedupe_names_the_original_of_a_copy(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In stream order; what repeats nothing repeats null."""
    assert main(["dedupe", file]) == 0
    rows = printed(capsys)

    assert [(row["id"], row["repost_of"]) for row in rows] == [("1", None), ("2", "1"), ("3", None), ("4", None)]
    assert rows[1]["similarity"] == pytest.approx(1.0)


def test_group_takes_every_post_as_a_mention_unless_rules_are_given(
    file: str, rules: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One matter of three posts, and a walk in the hills; with rules, what meets none of them has no group."""
    assert main(["group", file]) == 0
    groups = [row["incident"] for row in printed(capsys)]
    assert main(["group", file, "--rules", rules]) == 0
    gated = [row["incident"] for row in printed(capsys)]

    assert groups[0] == groups[1] == groups[2] != groups[3]
    assert [group is None for group in gated] == [True, True, False, True]


def add_a_third_person(file: str) -> None:
    text = "柳湾镇的低保金怎么又停了两个月，民政局到底什么时候发"
    row = {"id": "5", "source": "forum", "poster": "e", "text": text, "published_at": "2026-11-02T09:30:00+08:00"}
    with Path(file).open("a", encoding="utf-8") as more:
        more.write(json.dumps(row, ensure_ascii=False) + "\n")


def test_what_group_and_alerts_print_can_be_joined(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The incident of an alert is the one of its posts' group, under the same key."""
    add_a_third_person(file)
    assert main(["group", file]) == 0
    of = {row["id"]: row["incident"] for row in printed(capsys)}
    assert main(["alerts", file]) == 0
    (alert,) = printed(capsys)

    assert {of[post] for post in alert["posts"]} == {alert["incident"]}
    assert of["4"] not in {None, alert["incident"]}


def test_alerts_come_on_the_posts_own_clock(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three posts of three people within two weeks are a new matter, at the time of the third; a copy adds nobody."""
    add_a_third_person(file)
    assert main(["alerts", file]) == 0
    (alert,) = printed(capsys)

    assert (alert["level"], alert["reason"], alert["at"]) == (3, "new_matter", "2026-11-02T01:30:00Z")
    assert set(alert["posts"]) == {"1", "2", "3", "5"}


def test_a_wrong_rule_file_reads_nothing(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The problem is named, and no post is printed."""
    (tmp_path / "wrong.toml").write_text('[[rule]]\nid = "x"\nanny = ["a"]\n', encoding="utf-8")
    assert main(["match", file, "--rules", str(tmp_path / "wrong.toml")]) == 2
    said = capsys.readouterr()

    assert said.out == ""
    assert "Did you mean any?" in said.err


def test_check_says_what_is_good_and_every_problem_of_what_is_not(
    rules: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made or changed by it."""
    config = tmp_path / "huiyin.toml"
    config.write_text('[web]\nprot = 1\n[log]\nlevel = "loud"\n', encoding="utf-8")
    assert main(["check", "--rules", rules]) == 0
    assert main(["check", "--config", str(config)]) == 2
    said = capsys.readouterr().out

    assert "1 rules" in said
    assert "Did you mean port?" in said
    assert "log.level" in said
    assert not (tmp_path / "data").exists()


def test_ingest_takes_the_good_rows_and_names_the_bad_ones(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came through the door lies on the bus, and exit code 1 says that something did not."""
    (tmp_path / "huiyin.toml").write_text("", encoding="utf-8")
    with Path(file).open("a", encoding="utf-8") as more:
        more.write('{"id": "5", "text": "没有信源"}\n')
    assert main(["ingest", file, "--config", str(tmp_path / "huiyin.toml")]) == 1
    said = capsys.readouterr().err

    assert "posts.jsonl:5: `source` is missing [INP-103]" in said
    assert "4 posts on their way" in said
    assert "1 bad lines" in said


@pytest.mark.parametrize("verb", ["match", "ingest"])
def test_a_strange_key_is_told_once_and_changes_nothing_else(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the number of its first line; the rows are read, and the exit code is that of good rows."""
    rows = [{"source": "forum", "text": f"低保{n}", "author": "柳明远", "tittle": "x"} for n in range(3)]
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "huiyin.toml").write_text('[data]\nfolder = "data"\n', encoding="utf-8")
    config = ["--config", str(tmp_path / "huiyin.toml")] if verb == "ingest" else []
    assert main([verb, str(file), *config]) == 0
    said = capsys.readouterr()

    assert [line.split(": ")[0] for line in said.err.splitlines() if "INP-105" in line] == [f"{file}:1"] * 2
    assert "did you mean title?" in said.err
    assert "柳明远" not in said.out + said.err
