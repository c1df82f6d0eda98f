"""`huiyin digest`: the weekly digest as it is or will be sent; `--send` lets it go before its hour."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.lease import LASTS, Lease, holder_name
from api.notify.editor import Editor
from api.notify.live_channels import open_live_channels
from api.notify.words import STATES
from api.serving import dispatcher_of
from pipeline.domain.digest import Digest
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of
from pipeline.domain.send_policy import DIGEST
from pipeline.domain.week import Week, week_named, week_of
from pipeline.ports import Send
from pipeline.workflow.dispatch import BY_HAND
from pipeline.workflow.notices import NOBODY


def run(arguments: argparse.Namespace) -> int:
    """Print the digest, or write its HTML to a file; with --send every recipient has it, or it is said why not."""
    here = open_installation(arguments)
    desk = bootstrap.open_desk(here.stores, here.settings)
    editor = bootstrap.open_editor(here.stores, here.settings, here.config, desk)
    unit = _unit(here, arguments.unit)
    week = week_named(arguments.week) if arguments.week else _last_closed(editor, unit)
    if arguments.send:
        return _send(here, editor, unit, _ended(here, week))
    letter = editor.letter(_digest(here, editor, unit, week))
    if arguments.out:
        Path(arguments.out).write_text(letter.html, encoding="utf-8")
        print(f"{arguments.out}: {letter.subject}")
    else:
        sys.stdout.write(f"{letter.subject}\n\n{letter.text}" if arguments.text else letter.html)
    return 0


def _unit(here: Installation, wanted: str) -> str:
    units = sorted({*here.settings.units, *here.stores.log.units()})
    if wanted in units or (not wanted and len(units) == 1):
        return wanted or units[0]
    sentence = f"no unit {wanted!r} is known here" if wanted else "there is not one unit here"
    known = ", ".join(units) or "none, apply settings first"
    raise BadInput(f"{sentence}; name one with --unit: {known}", code="INP-161")


def _last_closed(editor: Editor, unit: str) -> Week | None:
    closed = editor.digests.closed(unit)
    return Week(closed[0].week, closed[0].since, closed[0].until) if closed else None


def _ended(here: Installation, week: Week | None) -> Week:
    """Return the week to send, the last one that ended where none is named. Raises BadInput for one that runs still."""
    now = here.stores.clock.now()
    wanted = week or week_of(now).back(1)
    if wanted.until > now:
        raise BadInput(f"{wanted.name} has not ended yet; a digest is sent when its week is over", code="INP-162")
    return wanted


def _digest(here: Installation, editor: Editor, unit: str, week: Week | None) -> Digest:
    """Return the digest of the week; of the running one a preview, also where none has ended yet."""
    running = week_of(here.stores.clock.now())
    if week is None or week == running:
        return editor.digests.preview(unit)
    return editor.digests.of_week(unit, week.name)


def _send(here: Installation, editor: Editor, unit: str, week: Week) -> int:
    """
    The week is closed, and its waiting sends have their turn now; returns 1 where somebody did not get it yet.

    Where another process keeps the time, that one sends them. What was delivered is never sent again.
    """
    editor.digests.closer.close(unit, week)
    records, clock, holder = here.stores.records, here.stores.machine_clock, holder_name("digest")
    if records.take("schedule", holder, now=clock.now(), until=clock.now() + LASTS) is None:
        _let_go(here, unit, week)
        print("a running Huiyin keeps the time here: it sends within seconds what waits")
    else:
        with Lease(records, clock, "schedule", holder):
            _deliver(here, editor, unit, week)
    sends = _sends(here, unit, week)
    for send in sends:
        print(_line(send))
    if not sends:
        print(f"{week.name} is closed; ask again in some seconds: its notice becomes a send for each recipient")
    return int(not sends or any(send.state != "delivered" for send in sends))


def _deliver(here: Installation, editor: Editor, unit: str, week: Week) -> None:
    desk = bootstrap.open_desk(here.stores, here.settings)
    practice = bootstrap.send_practice_of(here.settings)
    dispatcher = dispatcher_of(here.stores, open_live_channels(here.config, here.stores), practice, desk, editor)
    dispatcher.create_sends()
    dispatcher.attempt(_let_go(here, unit, week))


def _let_go(here: Installation, unit: str, week: Week) -> Sequence[str]:
    """The week's waiting sends are due now, whatever the hour; returns their ids."""
    waiting = [send.id for send in _sends(here, unit, week) if send.state == "waiting"]
    for each in waiting:
        here.stores.outbox.put_off(each, state="waiting", reason=BY_HAND, next_at=here.stores.clock.now())
    return waiting


def _sends(here: Installation, unit: str, week: Week) -> Sequence[Send]:
    sends = here.stores.outbox.sends(unit, limit=10_000)
    return [send for send in sends if (send.notice.what, send.notice.why) == (DIGEST, week.name)]


def _line(send: Send) -> str:
    who = "没有指定收件人" if send.recipient == NOBODY else f"{send.recipient}/{send.channel}"
    at = f" {iso_of(send.attempts[-1].at)}" if send.attempts else ""
    why = f"：{send.reason}" if send.reason and send.state != "delivered" else ""
    return f"{send.id[:8]} {send.notice.why} → {who} {STATES[send.state]}{at}{why}"
