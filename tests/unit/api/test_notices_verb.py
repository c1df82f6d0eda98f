"""`huiyin notices`: who was told and why not, and what a person does about what is held."""

import argparse
import json
from pathlib import Path

import pytest
import tomli_w

from api.cli.notices import run
from pipeline.domain.event import Batch, Notice
from pipeline.ports import Attempt
from pipeline.workflow.running import note_running
from pipeline.workflow.told import who_was_told
from tests.builders import HOUR, UNIT
from tests.end_to_end.kill_harness import install, installed

ALERT = Notice("opened", "new_matter", "policy:alert", "i1", 3, 1_795_400_000_000)


def ask(config: Path, *, release: tuple[str, ...] = (), drop: tuple[str, ...] = (), **changes: object) -> int:
    values = {"incident": "", "author": "operator", "reason": "看过了", "json": False, **changes}
    return run(argparse.Namespace(config=str(config), release=list(release), drop=list(drop), **values))


def held(folder: Path, *notices: Notice) -> Path:
    """An installation whose notices became sends, all held as after a restore."""
    config = install(folder)
    here = installed(config)
    here.stores.log.append(Batch(UNIT, 1, "0" * 64, "c", (), notices or (ALERT,)), [])
    sending(config)
    here.stores.outbox.hold_unsent("从备份恢复，待人工放行")
    here.stores.close()
    return config


def sending(config: Path) -> None:
    """Every notice of the log is a send."""
    from api import bootstrap
    from api.serving import dispatcher_of

    here = installed(config)
    desk = bootstrap.open_desk(here.stores, here.settings)
    dispatcher_of(here.stores, [], bootstrap.send_practice_of(here.settings), desk).create_sends()
    here.stores.close()


def test_a_held_notice_is_listed_with_its_reason_and_how_to_release_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever looks sees what to type."""
    config = held(tmp_path)
    assert ask(config) == 0
    said = capsys.readouterr().out

    assert "Ⅲ级 黄 新预警 → zhiban/journal 待人工放行：从备份恢复，待人工放行" in said
    assert "1 wait for a person: `huiyin notices --release all`" in said


def test_a_released_notice_waits_for_its_turn_and_who_released_it_is_kept(tmp_path: Path) -> None:
    """By the first characters of its id, as the list shows it."""
    config = held(tmp_path)
    here = installed(config)
    (send,) = here.stores.outbox.in_state("held", 9)
    assert ask(config, release=(send.id[:8],)) == 0
    (kept,) = here.stores.records.list("release", "")

    assert [one.id for one in here.stores.outbox.in_state("waiting", 9)] == [send.id]
    assert (kept.author, kept.reason, json.loads(kept.value)["sends"]) == ("operator", "看过了", [send.id])


def test_a_dropped_notice_never_goes_out_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It stays in the list of its incident."""
    config = held(tmp_path)
    assert ask(config, drop=("all",)) == 0
    assert ask(config, release=("all",)) == 0
    ask(config, incident="i1")

    assert "已放弃：dropped by operator: 看过了" in capsys.readouterr().out


def test_a_notice_that_reached_nobody_goes_to_whom_its_role_names_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Releasing it before somebody is named changes nothing, and says so."""
    reviewer = Notice("sign_asked", "sign", "role:reviewer", "i1", 4, ALERT.at)
    config = held(tmp_path, reviewer)
    assert ask(config, release=("all",)) == 1
    assert "1 still reach nobody" in capsys.readouterr().out
    people = [{"account": "shenhe", "role": "reviewer", "channel": "journal"}]
    here = installed(config)
    from api.settings import apply_folder

    (tmp_path / "settings" / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    apply_folder(tmp_path / "settings", here.stores.records, here.stores.clock, author="a", reason="")
    assert ask(config, release=("all",)) == 0

    assert [one.recipient for one in here.stores.outbox.in_state("waiting", 9)] == ["shenhe"]
    assert [one.reason for one in here.stores.outbox.in_state("dropped", 9)] == ["addressed anew to shenhe"]


def test_an_unknown_id_or_two_decisions_at_once_are_refused(tmp_path: Path) -> None:
    """Nothing is released by a guess."""
    from pipeline.domain.errors import BadInput

    config = held(tmp_path)
    with pytest.raises(BadInput, match="begins with ffffffff"):
        ask(config, release=("ffffffff",))
    with pytest.raises(BadInput, match="two decisions"):
        ask(config, release=("all",), drop=("all",))

    assert len(installed(config).stores.outbox.in_state("held", 9)) == 1


def test_a_gap_in_running_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A quiet night is told from a PC that was off."""
    config = held(tmp_path)
    here = installed(config)
    now = here.stores.clock.now()
    note_running(here.stores.records, now - 10 * HOUR)
    note_running(here.stores.records, now - HOUR)
    ask(config)

    assert capsys.readouterr().out.count("nothing ran from") == 1


def test_who_was_told_is_answered_from_the_sends_alone(tmp_path: Path) -> None:
    """One line each, the oldest notice first; a rolled one names the message that told it."""
    config = held(tmp_path, ALERT, ALERT)
    outbox = installed(config).stores.outbox
    first, second = (one.send for one in who_was_told(outbox.sends(UNIT)))
    outbox.release([first, second], 5)
    outbox.record(second, Attempt(1, 9, "retry", "451"), state="waiting", reason="451", next_at=30)
    outbox.create([], {}, {first: "r"})
    told = {one.send: one for one in who_was_told(outbox.sends(UNIT))}

    assert (told[first].state, told[first].in_roll_up, told[first].reason) == ("rolled", "r", "")
    assert (told[second].next_at, told[second].reason, told[second].attempts[0].detail) == (30, "451", "451")
