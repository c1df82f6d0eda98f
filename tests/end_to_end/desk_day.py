"""A day at the desk behind a run of the thread: somebody types, a week is closed, and everything is told."""

from dataclasses import replace
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation
from api.cli.serve import clockwork_of
from pipeline.domain.command import Acknowledge, Note
from pipeline.domain.event import Memo, commitment
from pipeline.domain.incident_command import Comment
from pipeline.domain.send_policy import DEFAULT_SENDING, Hours
from pipeline.domain.week import week_of
from pipeline.workflow.notices import SendPractice
from tests.end_to_end.kill_harness import installed

UNIT = "yunxi-mz"
TYPED = "已电话核实，三天内答复。"


def spend_a_day(config: Path) -> None:
    """An incident has an owner and a remark, last week has its digest, and every notice reached its recipients."""
    here = installed(config)
    desk = bootstrap.open_desk(here.stores, here.settings)
    incident = next(one.id for one in desk.state(UNIT).incidents.values() if one.is_open)
    memo = Memo(UNIT, "typed-1", incident, TYPED, "salt")
    note = Note(memo.id, commitment(memo.salt, memo.text))
    duty = frozenset({"duty", "leader"})
    desk.execute(UNIT, Acknowledge(command_id="day-1", actor="account:zhiban", incident=incident), roles=duty)
    remark = Comment(command_id="day-2", actor="account:zhiban", incident=incident, note=note)
    desk.execute(UNIT, remark, roles=duty, memos=[memo])
    tell_everything(here)
    here.stores.close()


def tell_everything(here: Installation) -> None:
    """The clock has done all that it owes, at any hour: last week is closed, what is due is told."""
    clockwork = clockwork_of(here)
    clockwork.close_week(week_of(here.stores.clock.now()).back(1))
    clockwork.remind()
    people = here.settings.units[UNIT].recipients
    always = replace(DEFAULT_SENDING, alerts=(Hours.ALWAYS,) * 4, reminders=(Hours.ALWAYS,) * 4)
    dispatcher = clockwork.dispatcher
    dispatcher.practice = lambda _unit: SendPractice(people, always)
    dispatcher.create_sends()
    while dispatcher.attempt_due():
        pass


def journal_of(folder: Path) -> bytes:
    """Return what the journal holds."""
    return (folder / "journal.jsonl").read_bytes()
