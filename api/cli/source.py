"""`huiyin source`: try an address, which writes nothing; and add, list, pause, resume or remove a source."""

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.config import read_config
from api.crawling import sources
from api.http.moment import Moments
from api.source_checklist import place_named
from api.sources.book import Kept, Unfit
from api.sources.desk import SourceDesk
from api.sources.telling import lines_of
from api.sources.tried import Tried
from api.sources.trying import Trier
from api.words import words_of
from pipeline.domain.errors import BadInput

WORDS = words_of("zh")


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked of the sources; 1 where an address shows nothing that can be read."""
    if arguments.action == "try":
        return _try(arguments)
    here = open_installation(arguments)
    with closing(here.stores):
        desk = bootstrap.open_source_desk(here.stores, here.settings, here.config)
        return _DO[arguments.action](here, desk, arguments)


def _try(arguments: argparse.Namespace) -> int:
    """Print what the address shows. Nothing is written: data that are not there are not made."""
    config = read_config(Path(arguments.config))
    place = bootstrap.place_of(config)
    if place.cluster is not None or place.huiyin.exists():
        here = open_installation(arguments)
        with closing(here.stores):
            return _show(bootstrap.open_trier(here.stores, here.settings, config), arguments)
    stores = bootstrap.memory_stores(bootstrap.system_clock())
    return _show(bootstrap.open_trier(stores, bootstrap.settings_of(stores), config), arguments)


def _show(trier: Trier, arguments: argparse.Namespace) -> int:
    tried = trier.try_address(_wanted(arguments, "URL"))
    _print(tried, arguments)
    return 1 if tried.why else 0


def _print(tried: Tried, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(tried.to_json(), ensure_ascii=False))
        return
    moments = Moments(bootstrap.system_clock().now(), WORDS)
    for line in lines_of(tried, WORDS, moments.at):
        print(line)


def _add(here: Installation, desk: SourceDesk, arguments: argparse.Namespace) -> int:
    """The address is tried, and set and enabled where it shows something."""
    tried = bootstrap.open_trier(here.stores, here.settings, here.config).try_address(_wanted(arguments, "URL"))
    _print(tried, arguments)
    if tried.why:
        return 1
    try:
        source = desk.enable(tried, _typed(tried, arguments), arguments.author)
    except Unfit as refusal:
        wrong = "；".join(_named(name, word) for name, word in refusal.problems.items())
        raise BadInput(f"{tried.asked}: {wrong}; nothing was kept", code="SRC-511") from refusal
    print(f"{source}  {WORDS('source_form.done_enabled')}")
    return 0


def _typed(tried: Tried, arguments: argparse.Namespace) -> Mapping[str, str]:
    """Return the form as the arguments fill it in; a place of the checklist fills in what they leave out."""
    place, table = place_named(arguments.place), tried.manifest
    if arguments.place and place is None:
        raise BadInput(f"{arguments.place}: no such place; see deploy/sources", code="SRC-510")
    shipped = place.template if place else None
    return {
        "name": arguments.name or str(table["name"]),
        "publisher": arguments.publisher or str(table["publisher"]),
        "why": arguments.why or (shipped.why if shipped else ""),
        "owner": arguments.owner,
        "origin": arguments.origin or (shipped.origin if shipped else str(table["origin"])),
        "local": "wide" if arguments.wide or (shipped is not None and not shipped.local) else "local",
        "every_minutes": str(table["every_minutes"]),
        "pace_seconds": str(table["pace_seconds"]),
        "listed_as": arguments.place,
        "purpose": arguments.purpose or (shipped.purpose if shipped else ""),
        "confirmed": "yes",
    }


def _named(name: str, word: str) -> str:
    called = WORDS.texts.get(f"source_form.{name}", name)
    return f"--{name.replace('_', '-')} {called}：{WORDS(f'source_form.problem_{word}')}"


def _list(here: Installation, _desk: SourceDesk, arguments: argparse.Namespace) -> int:
    found = sorted(sources(here.stores.records).values(), key=lambda each: each.id)
    if arguments.json:
        print(
            json.dumps(
                [{"id": e.id, "name": e.name, "url": e.url, "enabled": e.enabled} for e in found], ensure_ascii=False
            )
        )
        return 0
    for each in found:
        print(f"{each.id:<32} {'●' if each.enabled else '–'} {each.name}  {each.url}")
    print(f"{len(found)} sources" if found else "no source is set yet")
    return 0


def _pause(_here: Installation, desk: SourceDesk, arguments: argparse.Namespace) -> int:
    desk.switch(_kept(desk, arguments), arguments.author, _reason(arguments), on=arguments.action == "resume")
    print(WORDS(f"source_form.done_{arguments.action}d"))
    return 0


def _remove(_here: Installation, desk: SourceDesk, arguments: argparse.Namespace) -> int:
    desk.remove(_kept(desk, arguments), arguments.author, _reason(arguments))
    print(WORDS("source_form.done_removed"))
    return 0


def _kept(desk: SourceDesk, arguments: argparse.Namespace) -> Kept:
    name = _wanted(arguments, "SOURCE")
    kept = desk.kept(name)
    if kept is None:
        raise BadInput(f"no source {name} is set; `huiyin source list` names those that are", code="SRC-301")
    return kept


def _wanted(arguments: argparse.Namespace, what: str) -> str:
    if not arguments.target:
        raise BadInput(f"huiyin source {arguments.action} needs {what}; name it behind the word", code="SRC-512")
    return str(arguments.target)


def _reason(arguments: argparse.Namespace) -> str:
    if not arguments.reason:
        raise BadInput("why is not said; add --reason", code="SRC-512")
    return str(arguments.reason)


_DO: Mapping[str, Callable[[Installation, SourceDesk, argparse.Namespace], int]] = {
    "add": _add,
    "list": _list,
    "pause": _pause,
    "resume": _pause,
    "remove": _remove,
}
