"""
Makes a manifest from TOML, a table or a settings record, and checks it: every problem at once, with a suggestion.

A source without a reviewed impact note (采集影响评估) cannot be enabled.
"""

import dataclasses
import json
import re
import tomllib
from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Kind, Origin, Visibility

from .host import is_loopback
from .manifest import (
    LEAST_PACE_SECONDS,
    Expected,
    Impact,
    ListSelectors,
    SourceKind,
    SourceManifest,
    ThreadSelectors,
)
from .reading import Codes, Problem, Reading, refuse

CODES = Codes(unknown="SRC-101", missing="SRC-102", type="SRC-103", value="SRC-104")

_THREAD_OPTIONAL = ("title", "time", "id", "floor", "poster", "skip", "answer", "next")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}\Z")
_OFFICE = re.compile(r"(?:[办室科股局处部站所馆院会组队岗司委]|中心|office|desk|team|department)\Z", re.IGNORECASE)


def manifest_from_toml(text: str, name: str = "source.toml") -> SourceManifest:
    """
    Return the manifest that a TOML text holds.

    Raises:
        BadInput: SRC-100 with every problem, its line and a suggestion; nothing is changed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise BadInput(f"{name}: is no TOML ({cause}); correct the line and apply again", code="SRC-100") from cause
    manifest, problems = _read(table)
    if manifest is None or problems:
        located = [dataclasses.replace(p, where=f"{name}:{_line_of(text, p.where)}  {p.where}") for p in problems]
        refuse(name, located, "SRC-100", "the source was not accepted")
    return manifest


def manifest_from_dict(table: Mapping[str, object]) -> SourceManifest:
    """Return the manifest that a table holds; raise BadInput (SRC-100) with every problem."""
    manifest, problems = _read(table)
    if manifest is None or problems:
        refuse(f"source {table.get('id', '(without id)')}", problems, "SRC-100", "the source was not accepted")
    return manifest


def manifest_problems(table: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return everything that is wrong with a table, key by key; nothing where it is a manifest."""
    return tuple(_read(table)[1])


def manifest_from_json(text: str) -> SourceManifest:
    """Return the manifest that a settings record holds; raise BadInput where it is damaged."""
    try:
        table = json.loads(text)
    except ValueError as cause:
        raise BadInput(f"a stored source is no JSON ({cause}); apply it again", code="SRC-100") from cause
    if not isinstance(table, dict):
        raise BadInput("a stored source is no table; apply it again", code="SRC-100")
    return manifest_from_dict(table)


def _read(table: Mapping[str, object]) -> tuple[SourceManifest | None, list[Problem]]:
    problems: list[Problem] = []
    reading = Reading(table, "", CODES, problems)
    kind = reading.choice("kind", SourceKind)
    manifest = SourceManifest(
        id=reading.text("id"),
        name=reading.text("name"),
        kind=kind or SourceKind.FEED,
        url=reading.text("url"),
        publisher=reading.text("publisher"),
        why=reading.text("why"),
        owner=reading.text("owner"),
        expected=_read_expected(reading),
        origin=reading.choice("origin", Origin, Origin.MONITORED) or Origin.MONITORED,
        visibility=reading.choice("visibility", Visibility, Visibility.PUBLIC) or Visibility.PUBLIC,
        entries=reading.choice("entries", Kind, Kind.POST) or Kind.POST,
        address_names_author=reading.claim("address_names_author", default=False),
        only_offices_reply=reading.claim("only_offices_reply", default=False),
        local=reading.claim("local", default=True),
        enabled=reading.claim("enabled", default=False),
        every_minutes=reading.whole("every_minutes", (1, 10_080), 30),
        pace_seconds=reading.number("pace_seconds", (0.0, 3_600.0), LEAST_PACE_SECONDS),
        max_pages=reading.whole("max_pages", (1, 2_000), 20),
        max_posts=reading.whole("max_posts", (1, 20_000), 500),
        also_hosts=reading.words("also_hosts"),
        time_zone=reading.text("time_zone", "Asia/Shanghai"),
        listed_as=reading.text("listed_as", ""),
        units=reading.words("units"),
        impact=_read_impact(reading),
        list=_read_list(reading),
        thread=_read_thread(reading),
    )
    reading.close()
    if kind is not None:
        _check(manifest, reading)
    return manifest, problems


def _read_expected(reading: Reading) -> Expected:
    inner = reading.inner("expected")
    if inner is None:
        reading.report("expected", "is missing; write [expected] with min and max of a normal round.", CODES.missing)
        return Expected(0, 0)
    expected = Expected(inner.whole("min", (0, 1_000_000)), inner.whole("max", (1, 1_000_000)))
    inner.close()
    if expected.min > expected.max:
        reading.report("expected", f"min {expected.min} is more than max {expected.max}.", CODES.value)
    return expected


def _read_impact(reading: Reading) -> Impact | None:
    inner = reading.inner("impact")
    if inner is None:
        return None
    impact = Impact(inner.text("purpose"), inner.day("reviewed_on"), inner.text("reviewed_by"))
    inner.close()
    _check_office(inner, "reviewed_by", impact.reviewed_by)
    return impact


def _read_list(reading: Reading) -> ListSelectors | None:
    inner = reading.inner("list")
    if inner is None:
        return None
    optional = {key: inner.text(key, "") for key in ("id", "replies", "last_reply", "next")}
    depth = inner.whole("depth", (1, 1_000), 20)
    found = ListSelectors(item=inner.text("item"), link=inner.text("link"), depth=depth, **optional)
    inner.close()
    return found


def _read_thread(reading: Reading) -> ThreadSelectors | None:
    inner = reading.inner("thread")
    if inner is None:
        return None
    optional = {key: inner.text(key, "") for key in _THREAD_OPTIONAL}
    hours = inner.whole("revisit_hours", (1, 8_760), 24)
    found = ThreadSelectors(post=inner.text("post"), text=inner.text("text"), revisit_hours=hours, **optional)
    inner.close()
    return found


def _check(manifest: SourceManifest, reading: Reading) -> None:
    """Report what is wrong between the keys, or within them beyond their type."""
    if manifest.id and not _ID.match(manifest.id):
        reading.report("id", f"{manifest.id!r} must be 2–63 small letters, digits and hyphens.", CODES.value)
    _check_address(manifest, reading)
    _check_office(reading, "owner", manifest.owner)
    if manifest.pace_seconds < LEAST_PACE_SECONDS and not is_loopback(manifest.host):
        sentence = f"{manifest.pace_seconds:g} s is too fast for a public host; at least {LEAST_PACE_SECONDS:g} s."
        reading.report("pace_seconds", sentence, "SRC-105")
    if manifest.enabled and manifest.impact is None:
        sentence = "a source is enabled only with [impact] purpose, reviewed_on and reviewed_by (采集影响评估)."
        reading.report("enabled", sentence, "SRC-106")
    _check_selectors(manifest, reading)
    _check_zone(manifest, reading)


def _check_address(manifest: SourceManifest, reading: Reading) -> None:
    if not manifest.url:
        return
    try:
        parts = urlsplit(manifest.url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable:
        reading.report("url", f"{manifest.url!r} is no http or https address with a host.", CODES.value)
    elif parts.username or parts.password:
        reading.report("url", "holds a login; only public pages are read, without one.", CODES.value)


def _check_office(reading: Reading, key: str, office: str) -> None:
    if office and not _OFFICE.search(office):
        sentence = f"{office!r} reads like a person; name the post or office, for example 办公室."
        reading.report(key, sentence, "SRC-109")


def _check_selectors(manifest: SourceManifest, reading: Reading) -> None:
    """A listing needs its selectors, a feed has none, and each must be one that can be read."""
    if manifest.kind is SourceKind.FEED:
        for key in ("list", "thread"):
            if getattr(manifest, key) is not None:
                reading.report(key, 'a feed has no selectors; remove the table or set kind = "listing".', "SRC-107")
        return
    for key in ("list", "thread"):
        selectors = getattr(manifest, key)
        if selectors is None:
            if key == "list":  # without [thread] the pages are read as articles
                reading.report(key, "is missing; a listing needs the selectors of [list].", "SRC-107")
            continue
        for name, value in dataclasses.asdict(selectors).items():
            if isinstance(value, str) and value and (cause := _selector_fault(value)):
                reading.report(f"{key}.{name}", f"{value!r} is no CSS selector ({cause}).", "SRC-107")


def _selector_fault(selector: str) -> str:
    from cssselect import SelectorError
    from parsel.csstranslator import HTMLTranslator

    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as cause:
        return str(cause)
    return ""


def _check_zone(manifest: SourceManifest, reading: Reading) -> None:
    try:
        ZoneInfo(manifest.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        reading.report("time_zone", f"{manifest.time_zone!r} is no time zone; for example Asia/Shanghai.", CODES.value)


def _line_of(text: str, path: str) -> int:
    """Return the line on which a key stands, else that of its table, else 1."""
    *tables, key = path.split(".")
    wanted, current, header = ".".join(tables), "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.split("#", 1)[0].strip()
        if bare.startswith("["):
            current = bare.strip("[] ")
            header = number if current in {wanted, path} else header
        elif current == wanted and bare.split("=", 1)[0].strip().strip('"') == key:
            return number
    return header
