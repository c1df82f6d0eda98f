"""`huiyin notices`: who was told of what, and why not; held notices are released or dropped by a person."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.notify.words import NOT_SENT, STATES, WHAT
from api.wording import LEVELS
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of
from pipeline.ports import Send
from pipeline.workflow.release import Releaser
from pipeline.workflow.running import gaps
from pipeline.workflow.told import Told, who_was_told

SHOWN = 50
GAPS_OF: int = 7 * 24 * 3_600_000


def run(arguments: argparse.Namespace) -> int:
    """Print the notices of an incident, or what waits for a person and the newest; or release or drop."""
    here = open_installation(arguments)
    stores = here.stores
    releaser = Releaser(
        stores.log, stores.outbox, stores.records, stores.clock, bootstrap.send_practice_of(here.settings)
    )
    if arguments.release or arguments.drop:
        return _decided(releaser, arguments)
    told = who_was_told(_sends(here, arguments.incident))
    if arguments.json:
        print(json.dumps([asdict(one) for one in told], ensure_ascii=False))
        return 0
    if not told:
        print("nobody was to be told of anything yet")
    for one in told:
        print(line_of(one))
    held = releaser.waiting_for_people()
    if held:
        print(f"{len(held)} wait for a person: `huiyin notices --release all`, or --drop with --reason")
    for gap in gaps(stores.records, stores.clock.now() - GAPS_OF):
        print(f"nothing ran from {iso_of(gap.since)} to {iso_of(gap.until)}")
    return 0


def line_of(told: Told) -> str:
    """Return one line: when, level, what, to whom over what, how it stands, why, and how often it was tried."""
    level = LEVELS.get(told.level, "")
    tried = f"，尝试 {len(told.attempts)} 次" if told.attempts else ""
    reason = NOT_SENT.get(told.reason, told.reason)
    until = f"，{iso_of(told.next_at)} 再看" if told.next_at and told.reason else ""
    why = f"：{reason}{until}" if reason else ""
    what = WHAT.get(told.what, told.what)
    who = f"{told.recipient}/{told.channel}"
    return f"{told.send[:8]} {iso_of(told.noticed_at)} {level} {what} → {who} {STATES[told.state]}{why}{tried}"


def _sends(here: Installation, incident: str) -> Sequence[Send]:
    units = sorted({*here.settings.units, *here.stores.log.units()})
    limit = 10_000 if incident else SHOWN
    return [send for unit in units for send in here.stores.outbox.sends(unit, incident or None, limit)]


def _decided(releaser: Releaser, arguments: argparse.Namespace) -> int:
    if arguments.release and arguments.drop:
        raise BadInput("release and drop are two decisions; give one of them", code="INP-130")
    wanted = _named(releaser.waiting_for_people(), arguments.release or arguments.drop)
    if arguments.drop:
        done = releaser.drop(wanted, author=arguments.author, reason=arguments.reason)
        print(f"{done.dropped} dropped")
        return 0
    done = releaser.release(wanted, author=arguments.author, reason=arguments.reason)
    print(f"{done.again} released, {done.anew} addressed anew")
    if done.nobody:
        print(f"{done.nobody} still reach nobody: name a recipient for the role, apply the settings, release again")
    return 1 if done.nobody else 0


def _named(waiting: Sequence[Send], names: Sequence[str]) -> Sequence[Send]:
    """Return the sends whose ids begin with one of the names; "all" are all. An unknown one is refused."""
    if "all" in names:
        return waiting
    unknown = [name for name in names if len(name) < 6 or not any(send.id.startswith(name) for send in waiting)]
    if unknown:
        sentence = f"no notice that waits for a person begins with {', '.join(unknown)}"
        raise BadInput(f"{sentence}; `huiyin notices` lists them, six characters are enough", code="INP-131")
    return [send for send in waiting if send.id.startswith(tuple(names))]
