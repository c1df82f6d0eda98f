"""`huiyin incident enter`: an entry by hand from the terminal, by the same rules as page and API."""

import argparse
import json
import sys
import uuid

from api.by_hand.enter import Entered
from api.by_hand.entry import ORIGINS, Entry
from api.cli.ordering import add_asking
from pipeline.domain.bad_order import BadOrder, Problem
from pipeline.domain.incident import Incident
from pipeline.domain.post import Millis, Origin
from pipeline.domain.row import millis_of
from pipeline.domain.stated import SUPERIORS


def parser_of_entry() -> argparse.ArgumentParser:
    """Return the parser of an entry."""
    parser = argparse.ArgumentParser(
        prog="huiyin incident enter", description="手工登记：一段话、一条分享文字或一个链接", allow_abbrev=False
    )
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="what was seen; - reads it from stdin")
    parser.add_argument("--link", default="", metavar="URL", help="链接")
    names = "、".join(one.value for one in ORIGINS)
    parser.add_argument("--origin", default=Origin.INTERNAL.value, metavar="NAME", help=f"来源：{names}")
    parser.add_argument("--ref", default="", metavar="NUMBER", help="来件编号或文号")
    parser.add_argument("--published", default="", metavar="TIME", help="发布或收到时间（ISO 8601）")
    parser.add_argument("--due", default="", metavar="TIME", help="上级要求的办结时间（ISO 8601）")
    parser.add_argument("--line", default="", metavar="ID", help="业务领域")
    parser.add_argument("--place", default="", metavar="NAME", help="辖区")
    parser.add_argument("--same-as", default="", metavar="INCIDENT", help="是哪件在办事件的一部分")
    parser.add_argument("--whom", default="", metavar="WHO", help=f"上级交办：{'、'.join(SUPERIORS)}")
    parser.add_argument("--office", default="", metavar="NAME", help="上级交办：具体部门")
    parser.add_argument("--wants", default="", metavar="TEXT", help="上级交办：反馈要求")
    parser.add_argument("--key", default="", metavar="KEY", help="the same key again does nothing again")
    add_asking(parser)
    return parser


def typed_entry(given: argparse.Namespace, unit: str, account: str) -> Entry:
    """Return what was typed as an entry. Raises BadOrder (ORD-101) where a time is none."""
    problems = [
        Problem(name, "this is no time; write one such as 2026-11-27T17:00")
        for name in ("published", "due")
        if getattr(given, name) and _moment(getattr(given, name)) is None
    ]
    if problems:
        raise BadOrder("entry", problems)
    return Entry(
        unit=unit,
        account=account,
        key=given.key or uuid.uuid4().hex,
        text=sys.stdin.read() if given.text == "-" else given.text,
        link=given.link,
        origin=given.origin,
        ref=given.ref,
        published_at=_moment(given.published),
        due_at=_moment(given.due),
        line=given.line,
        place=given.place,
        same_as=given.same_as,
        whom=given.whom,
        office=given.office,
        wants=given.wants,
    )


def say_entered(entry: Entry, entered: Entered, incident: Incident | None, *, as_json: bool) -> None:
    """It is printed what became of the entry, and where to look."""
    if as_json:
        said = {"post": entered.post, "repeated": entered.repeated, "incident": incident.id if incident else None}
        print(json.dumps({**said, "dropped": list(entry.dropped)}, ensure_ascii=False))
        return
    again = "（此前已登记，未重复）" if entered.repeated else ""
    where = f"事件 {incident.id}" if incident else "处理进程几秒后立为事件，用 huiyin incident list 查看"
    print(f"已登记{again}：{where}")
    if entry.dropped:
        print("已从粘贴的文字里去掉昵称和软件自带的话")


def _moment(said: str) -> Millis | None:
    try:
        return millis_of(said) if said else None
    except ValueError:
        return None
