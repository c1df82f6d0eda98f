"""`huiyin statement`: what is watched and how, as a page that the unit may publish; nothing is published by it."""

import argparse
import json
import sys
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.crawling import with_contact
from api.http.statement_view import public_page
from api.source_list import source_list
from api.statement import Circumstances, Statement, statement_of
from pipeline.domain.errors import BadInput

PAGE, DATA = "index.html", "statement.json"


def run(arguments: argparse.Namespace) -> int:
    """One page and one JSON file per unit lie in the folder; 1 where nobody is named to whom one could object."""
    here = open_installation(arguments)
    units = [arguments.unit] if arguments.unit else sorted(here.settings.units)
    if not units or not set(units) <= set(here.settings.units):
        known = "、".join(sorted(here.settings.units))
        sentence = f"没有单位 {arguments.unit}；已有：{known}" if known else "还没有设置单位；先在网页上完成“开始设置”"
        raise BadInput(sentence, code="CFG-150")
    for unit in units:
        found = _statement(here, unit)
        folder = Path(arguments.out) if len(units) == 1 else Path(arguments.out) / unit
        _write(folder, found)
        print(folder / PAGE)
    if not found.contact:
        print("还没有填写联系方式：公布之前请在设置里填写，不然没有人知道向谁提异议", file=sys.stderr)
        return 1
    return 0


def _statement(here: Installation, unit: str) -> Statement:
    contact = with_contact(here.config.crawl, here.stores.records).contact
    now = Circumstances(here.stores.clock.now(), bootstrap.open_classifier().model, contact)
    return statement_of(here.settings, unit, source_list(here.stores, here.config.crawl.every_seconds), now)


def _write(folder: Path, found: Statement) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(public_page(found), encoding="utf-8")
        data = json.dumps(found.data(), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / DATA).write_text(data + "\n", encoding="utf-8")
    except OSError as cause:
        raise BadInput(f"{folder}：写不了（{cause.strerror}）；换一个文件夹", code="CFG-151") from cause
