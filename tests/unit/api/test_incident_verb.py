"""`huiyin incident`: every command of people in a terminal, as a named account; a refusal says what is possible."""

import argparse
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.accounts.account import new_account
from api.accounts.people import people_of
from api.cli.incident import run
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import BadInput
from pipeline.domain.group import incident_id
from pipeline.domain.order_catalogue import order_forms
from tests.end_to_end.kill_harness import install, installed
from tests.stored import UNIT, a_group, a_mention, a_post, work

INCIDENT = incident_id(UNIT, "g1")
WORDS = "青石镇的低保金还没有发"
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Ask:
    """A terminal of an installation."""

    config: Path

    def __call__(self, *words: str, by: str = "duty-1") -> int:
        """Return how what is typed for the account ends."""
        return run(argparse.Namespace(words=[*words, "--as", by, "--config", str(self.config)]))


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """An installation with one complaint, a duty officer and a reviewer."""
    config = install(tmp_path)
    here = installed(config)
    post = a_post(1, WORDS)
    here.stores.posts.commit(work([post], [a_mention(post)], [a_group("g1", lead=post.id)]))
    people = people_of(here.stores.records, here.stores.clock)
    for account, role in (("duty-1", "duty"), ("reviewer-1", "reviewer")):
        people.accounts.add(new_account(account, "", [role], [UNIT]), author="test")
    here.stores.close()

    return Ask(config)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was printed since the last look."""
    return capsys.readouterr().out


def test_a_matter_goes_from_first_sight_to_closure(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """The same path as by page and API, typed."""
    assert ask("open", "g1") == 0
    assert f"已办：立为事件 事件 {INCIDENT} 版次 1" in said(capsys)
    assert ask("acknowledge", INCIDENT, "--revision", "1") == 0
    assert ask("record_claim", INCIDENT, "--note", "低保金两个月未发", "--json") == 0
    claim = json.loads(said(capsys).splitlines()[-1])["memo"]
    verdict = ("--claim", claim, "--verdict", "true", "--note", "已核实")
    assert ask("give_verdict", INCIDENT, *verdict) == 0
    assert ask("reply", INCIDENT, "--kind", "answered", "--how", "phone", "--note", "已答复") == 0
    assert ask("close", INCIDENT, "--disposition", "resolved") == 0
    said(capsys)
    assert ask("list") == 0
    assert said(capsys) == "0 件\n"
    assert ask("list", "--all") == 0
    assert f"{INCIDENT} r7" in said(capsys)


def test_what_is_open_is_listed_and_shown(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """With state, level, owner, what is due, the timeline and what may be asked next."""
    ask("open", "g1")
    ask("acknowledge", INCIDENT)
    said(capsys)
    ask("list")
    line = said(capsys).splitlines()[0]
    assert "核实中 duty-1 2" in line
    assert line.endswith(WORDS)
    ask("show", INCIDENT)
    page = said(capsys)
    assert "r2" in page
    assert "acknowledged account:duty-1" in page
    assert "现在可以：unacknowledge、" in page
    ask("show", INCIDENT, "--json")
    assert json.loads(said(capsys))["row"]["revision"] == 2


def test_a_refusal_says_what_is_possible(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """In words for people, as JSON for machines; nothing was done."""
    ask("open", "g1")
    assert ask("close", INCIDENT, "--disposition", "resolved") == 2
    told = capsys.readouterr().err
    assert "is not legal now" in told
    assert "现在可以：acknowledge、assess" in told
    assert ask("acknowledge", INCIDENT, "--json", by="reviewer-1") == 2
    refused = json.loads(said(capsys).splitlines()[-1])
    assert (refused["code"], refused["legal_moves"]) == ("INC-403", ["assess", "comment", "undo"])
    assert ask("set_level", INCIDENT, "--level", "9", "--json") == 2
    bad = json.loads(said(capsys))
    assert (bad["code"], sorted(error["field"] for error in bad["errors"])) == ("ORD-101", ["level", "text"])


def test_one_key_is_one_order(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that is started again does nothing again."""
    assert ask("group_set_aside", "g1", "--how", "irrelevant", "--key", "k1") == 0
    assert ask("group_set_aside", "g1", "--how", "irrelevant", "--key", "k1") == 0
    assert "此前已办，未重复" in said(capsys)
    assert ask("undo") == 0
    assert "接下来可以：open、group_set_aside" in said(capsys)


def test_who_was_overtaken_is_told(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """By the revision that he saw."""
    ask("open", "g1")
    ask("acknowledge", INCIDENT)
    assert ask("comment", INCIDENT, "--note", "x", "--revision", "1") == 2
    assert "acknowledged by account:duty-1" in capsys.readouterr().err


def test_files_and_texts_from_standard_input(
    ask: Ask, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed as an argument stays in the shell's history; what is piped does not."""
    ask("open", "g1")
    (tmp_path / "现场.png").write_bytes(PNG)
    monkeypatch.setattr("sys.stdin", io.StringIO("当事人电话13812345678\n"))
    assert ask("comment", INCIDENT, "--note", "-", "--attach", str(tmp_path / "现场.png")) == 0
    said(capsys)
    ask("show", INCIDENT, "--json")
    (text,) = json.loads(said(capsys))["texts"]
    assert text["text"] == "当事人电话＊＊＊＊＊＊＊＊＊＊＊"
    assert [file["name"] for file in text["files"]] == ["现场.png"]
    with pytest.raises(BadInput, match="cannot be read"):
        ask("comment", INCIDENT, "--note", "x", "--attach", str(tmp_path / "none.png"))


@pytest.mark.parametrize("name", ["", "nobody"])
def test_nobody_acts_without_an_account(ask: Ask, name: str) -> None:
    """The log says who decided; the machine's operator is nobody there."""
    with pytest.raises(BadInput, match="--as ACCOUNT") as error:
        ask("list", by=name)
    assert error.value.code == "INP-171"


def test_acting_and_reading_here_are_on_record(ask: Ask) -> None:
    """Whose account was used, and which posts were shown."""
    ask("open", "g1")
    ask("show", INCIDENT)
    here = installed(ask.config)
    audit = people_of(here.stores.records, here.stores.clock).audit
    day = here.stores.records.list("audit_entry", "")[0].key[:10]
    assert {(entry["account"], entry["what"]) for entry in audit.entries(day)} == {("duty-1", "command line")}
    assert [read["posts"] for read in audit.reads(UNIT, day)] == [["p1"]]
    here.stores.close()


def test_every_command_has_its_words_and_an_unknown_one_the_nearest(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list is the catalogue's."""
    assert run(argparse.Namespace(words=[])) == 2
    listed = said(capsys)
    assert all(f"  {name}" in listed for name in order_forms())
    with pytest.raises(BadOrder, match="acknowledge"):
        ask("acknowlege", INCIDENT)
    for name, form in order_forms().items():
        with pytest.raises(SystemExit) as left:
            run(argparse.Namespace(words=[name, "--help"]))
        assert left.value.code == 0
        assert form.label in said(capsys)
