"""
`huiyin incident`: list, show, and every command of people, by the same catalogue and clerk as pages and API.

Whoever operates this machine acts as a named account, with that account's roles; it is on record that he did.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass

from api import bootstrap
from api.accounts.account import Account
from api.accounts.people import People, people_of
from api.accounts.permissions import may
from api.by_hand.enter import Counter
from api.cli.entering import parser_of_entry, say_entered, typed_entry
from api.cli.installation import Installation, open_installation
from api.cli.one_unit import account_named, unit_named
from api.cli.ordering import add_asking, order_of, parser_of, words_of_command
from api.http.shown.count import coverage_of
from api.http.shown.incident import incident_shown
from api.http.shown.outcome import outcome_shown
from api.http.shown.row import row_shown
from api.known_ids import known_ids
from api.readiness import health
from api.words import words_of
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import Refused
from pipeline.domain.next_moves import moves_for
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import OrderForm
from pipeline.domain.read_order import form_of
from pipeline.domain.row import iso_of
from pipeline.workflow.dossier import Dossier, dossier
from pipeline.workflow.incident_list import IncidentList, Wanted
from pipeline.workflow.memo_texts import memo_texts
from pipeline.workflow.queue import QueueRow

SHOWN = 200
SAID = words_of("zh")


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit of an installation, and the account that acts there."""

    here: Installation
    unit: str
    people: People
    account: Account


def run(arguments: argparse.Namespace) -> int:
    """Do what the words ask for; without any, name all commands."""
    asked, rest = words_of_command(arguments.words)
    if not asked:
        print(*_usage(), sep="\n")
        return 2
    shows = _SHOWS.get(asked)
    if shows is None:
        form = form_of(asked)
        given = parser_of(form).parse_args(rest)
        return _at_desk(given, lambda desk: _carry_out(desk, form, given))
    given = _reading_parser(asked).parse_args(rest)
    return _at_desk(given, lambda desk: shows(desk, given))


def _usage() -> Sequence[str]:
    forms = order_forms().values()
    needs = ((form, " ID" if form.target_field else "") for form in forms)
    lines = [f"  {form.name + target:<22} {form.label}" for form, target in needs]
    lines = [f"  {'enter':<22} 手工登记（enter --help）", *lines]
    return ["huiyin incident list|show ID|enter|COMMAND ID --as ACCOUNT (COMMAND --help names its fields)", *lines]


def _reading_parser(name: str) -> argparse.ArgumentParser:
    if name == "enter":
        return parser_of_entry()
    parser = argparse.ArgumentParser(prog=f"huiyin incident {name}", allow_abbrev=False)
    if name == "show":
        parser.add_argument("target", metavar="ID", help="the incident")
    else:
        parser.add_argument("--all", action="store_true", help="also those that have ended")
    add_asking(parser)
    return parser


def _at_desk(given: argparse.Namespace, work: Callable[[Desk], int]) -> int:
    here = open_installation(given)
    with closing(here.stores):
        unit = unit_named(here, given.unit)
        people = people_of(here.stores.records, here.stores.clock)
        account = account_named(people, given.account, unit)
        people.audit.entered(account.id, "command line", "this machine", "ok")
        try:
            return work(Desk(here, unit, people, account))
        finally:
            people.audit.flush()


def _carry_out(desk: Desk, form: OrderForm, given: argparse.Namespace) -> int:
    stores, settings = desk.here.stores, desk.here.settings
    clerk = bootstrap.open_clerk(
        stores, settings, bootstrap.open_desk(stores, settings), known_ids(settings, desk.people)
    )
    order = order_of(form, given, desk.account, desk.unit)
    try:
        outcome = clerk.carry_out(order)
    except (Refused, BadOrder) as refusal:
        return _refuse(refusal, as_json=given.json)
    if given.json:
        print(json.dumps(asdict(outcome_shown(outcome)), ensure_ascii=False))
        return 0
    again = "（此前已办，未重复）" if outcome.repeated else ""
    where = f" 事件 {outcome.incident} 版次 {outcome.revision}" if outcome.incident else ""
    print(f"已办：{form.label}{again}{where}")
    print(f"接下来可以：{'、'.join(outcome.moves) or '无'}")
    return 0


def _refuse(refusal: Refused | BadOrder, *, as_json: bool) -> int:
    """Say why not, and what this account may ask for instead; nothing was done."""
    moves = refusal.allowed if isinstance(refusal, Refused) else ()
    problems = refusal.problems if isinstance(refusal, BadOrder) else ()
    if as_json:
        errors = [asdict(problem) for problem in problems]
        said = {"code": refusal.code, "detail": str(refusal), "legal_moves": moves, "errors": errors}
        print(json.dumps(said, ensure_ascii=False))
        return 2
    print(f"huiyin incident: {refusal}", file=sys.stderr)
    if moves:
        print(f"现在可以：{'、'.join(moves)}", file=sys.stderr)
    return 2


def _list(desk: Desk, given: argparse.Namespace) -> int:
    stores = desk.here.stores
    state = bootstrap.open_desk(stores, desk.here.settings).state(desk.unit)
    page = IncidentList(stores.posts, state, desk.account.roles).page(Wanted(), None, SHOWN)
    rows = [row for row in page.rows if given.all or row.due is not None]
    desk.people.audit.shown(desk.account.id, desk.unit, "command line", _posts(rows))
    if given.json:
        print(json.dumps([asdict(row_shown(row)) for row in rows], ensure_ascii=False))
        return 0
    for row in rows:
        print(_line(row))
    print(f"{len(rows)} 件" + ("，更早的未列出" if page.cursor else ""))
    return 0


def _posts(rows: Sequence[QueueRow]) -> Sequence[str]:
    return [row.headline.post for row in rows if row.headline.text]


def _line(row: QueueRow) -> str:
    level = SAID.named("level", int(row.level)) if row.level else ""
    due = f"{iso_of(row.due.at)} {SAID.named('due', row.due.what)}" if row.due else "-"
    owner = (row.owner or "-").removeprefix("account:")
    title = row.headline.text or f"（{row.headline.withheld or '已删除'}）"
    return f"{row.incident} r{row.revision} {level} {SAID.named('state', row.state)} {owner} {due} {title}"


def _show(desk: Desk, given: argparse.Namespace) -> int:
    stores, account = desk.here.stores, desk.account
    state = bootstrap.open_desk(stores, desk.here.settings).state(desk.unit)
    found = dossier(stores.log, stores.posts, state, given.target, account.roles)
    posts = [seen.stored.post.id for seen in found.posts]
    desk.people.audit.shown(account.id, desk.unit, "command line", posts)
    moves = moves_for(found.incident.state, f"account:{account.id}", account.roles)
    if given.json:
        texts = memo_texts(stores.log, desk.unit, given.target)
        shown = incident_shown(found, texts, moves, coverage_of(health(stores, desk.here.config.crawl.every_seconds)))
        print(json.dumps(asdict(shown), ensure_ascii=False))
        return 0
    print(*_told(found), f"现在可以：{'、'.join(moves) or '无'}", sep="\n")
    return 0


def _told(found: Dossier) -> Sequence[str]:
    lines = [_line(found.line)]
    for step in found.timeline:
        said = step.memo.text if step.memo else "（文字已删除）" if step.had_memo else ""
        lines.append(f"  r{step.revision} {iso_of(step.event.at)} {step.event.type} {step.event.actor} {said}".rstrip())
    lines += [f"  时限 {clock.kind} {iso_of(clock.due_at)} {clock.basis}".rstrip() for clock in found.clocks]
    return [*lines, f"  帖文 {found.all_posts} 条"]


def _refuse_stranger(desk: Desk) -> None:
    if not may("enter_by_hand", desk.account.roles):
        raise Refused(f"account {desk.account.id} may not enter by hand; ask monitor or duty staff", code="INC-403")


def _enter(desk: Desk, given: argparse.Namespace) -> int:
    stores, settings = desk.here.stores, desk.here.settings
    door = bootstrap.open_door(desk.here.folder, stores, settings)
    counter = Counter(stores, bootstrap.open_desk(stores, settings), door, settings)
    try:
        _refuse_stranger(desk)
        entry = typed_entry(given, desk.unit, desk.account.id)
        entered = counter.enter(entry, desk.account.roles)
    except (Refused, BadOrder) as refusal:
        return _refuse(refusal, as_json=given.json)
    say_entered(entry, entered, counter.incident_of(desk.unit, entered.post), as_json=given.json)
    return 0


_SHOWS: Mapping[str, Callable[[Desk, argparse.Namespace], int]] = {"list": _list, "show": _show, "enter": _enter}
