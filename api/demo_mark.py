"""
The mark in data that `huiyin demo` made, and what is refused there: the one place that every other asks.

A demo shows an invented county. Nobody outside may hear of it: no channel but the journal, no source but its own site.
"""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from api.config import Config
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Table
from pipeline.ports import Clock, Record, Records

DEMO = "demo"
"""The kind of the mark: only such data are shown without an account."""
JOURNAL = "journal"
"""The one channel of a demo: a file beside its data."""
CHANNELS = ("mail", "webhook", "wecom")
NEXT = "install Huiyin for your unit instead: `huiyin run` in a folder of its own begins with 开始设置"


def mark_demo(records: Records, clock: Clock, site: str) -> None:
    """The data are known to be invented, and which site of this machine they are about."""
    records.put(Record(DEMO, "", "", 0, json.dumps({"site": site}), clock.now(), "demo", ""), expect=None)


def is_marked(records: Records) -> bool:
    """Whether `huiyin demo` made these data."""
    return records.get(DEMO, "", "") is not None


def demo_problems(records: Records, key: str, table: Table | None) -> list[str]:
    """Return what a demo refuses of a setting: a real channel, or a source beyond its own site; none in real data."""
    record = records.get(DEMO, "", "")
    if record is None or table is None:
        return []
    site = str(json.loads(record.value).get("site", ""))
    if key in CHANNELS:
        return [f"演示里不能配置真实的通知方式（{key}）: this is a demo, which tells nobody outside; {NEXT} [DEM-103]"]
    if key == "recipients":
        return list(_of_recipients(table))
    return list(_of_source(table, site)) if key.startswith("source/") else []


def refuse_channels_in_demo(records: Records, config: Config) -> None:
    """Raise BadInput (DEM-103) where data of a demo are opened with a file that names a real channel."""
    if not is_marked(records):
        return
    filled = zip(CHANNELS, (config.mail.host, config.webhook.url, config.wecom.url), strict=True)
    given = [name for name, value in filled if value]
    if given:
        sentence = (
            f"演示里不能配置真实的通知方式（{', '.join(given)}）: the data are a demo's, which tells nobody outside"
        )
        raise BadInput(f"{sentence}; {NEXT}", code="DEM-103")


def _of_recipients(table: Table) -> Iterator[str]:
    rows = table.get("recipient")
    for row in rows if isinstance(rows, list) else []:
        channel = row.get("channel") if isinstance(row, Mapping) else None
        if channel != JOURNAL:
            yield f"演示里不能配置真实的通知方式（{channel}）: a demo tells nobody outside; {NEXT} [DEM-103]"


def _of_source(table: Table, site: str) -> Iterator[str]:
    for value in _addresses(table):
        if urlsplit(value).netloc != urlsplit(site).netloc:
            yield f"演示只采集它自己的网站（{site}），不采集 {value}: a demo reads its own site only; {NEXT} [DEM-103]"


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _addresses(inner)
