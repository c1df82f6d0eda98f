"""`huiyin incident enter`: an entry from the terminal, by the same rules."""

import argparse
import io
import json
from pathlib import Path

import pytest

from api.accounts.account import new_account
from api.accounts.people import people_of
from api.cli.incident import run
from tests.end_to_end.kill_harness import install, installed
from tests.stored import UNIT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation with a duty officer and a reviewer."""
    config = install(tmp_path)
    here = installed(config)
    people = people_of(here.stores.records, here.stores.clock)
    for account, role in (("duty-1", "duty"), ("reviewer-1", "reviewer")):
        people.accounts.add(new_account(account, "", [role], [UNIT]), author="test")
    here.stores.close()
    return config


def ask(config: Path, *words: str, by: str = "duty-1") -> int:
    """Return how what is typed ends."""
    return run(argparse.Namespace(words=["enter", *words, "--as", by, "--config", str(config)]))


def test_an_entry_is_taken_and_the_key_makes_it_one(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pasted share text too; the same key again is not done again, another content under it is refused."""
    shared = "看看【山里的橘子的作品】柳湾镇的低保又拖了 https://v.douyin.com/iAbC/ 复制打开抖音，看看"
    assert ask(config, shared, "--key", "k1") == 0
    assert "已登记：" in capsys.readouterr().out
    assert ask(config, shared, "--key", "k1", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["repeated"] is True
    assert ask(config, "另一件事", "--key", "k1") == 2
    assert "ORD-103" in capsys.readouterr().err
    here = installed(config)
    posts = [one.post for one in here.stores.bus.read(None, 10) if one.post]
    here.stores.close()
    assert [(post.text, post.address) for post in posts] == [("柳湾镇的低保又拖了", "https://v.douyin.com/iAbC/")]


def test_a_paper_from_above_is_read_from_standard_input(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With whom, number, due time and what they want."""
    monkeypatch.setattr("sys.stdin", io.StringIO("请核实柳湾镇低保发放情况\n"))
    paper = (
        "--origin",
        "上级交办",
        "--whom",
        "county",
        "--ref",
        "云督〔2026〕7号",
        "--due",
        "2026-11-27T17:00",
        "--wants",
        "书面反馈",
    )
    assert ask(config, "-", *paper) == 0
    assert "已登记" in capsys.readouterr().out


def test_what_cannot_be_entered_is_said_and_who_may_not(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every problem at once; a reviewer enters nothing."""
    assert ask(config, "有一件事", "--place", "外地", "--whom", "city") == 2
    said = capsys.readouterr().err
    assert "place:" in said
    assert "whom:" in said
    assert ask(config, "有一件事", "--due", "何时") == 2
    assert "due:" in capsys.readouterr().err
    assert ask(config, "有一件事", by="reviewer-1") == 2
    assert "INC-403" in capsys.readouterr().err
