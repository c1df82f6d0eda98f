"""
`huiyin replay`: rebuild what is derived; with `--rules` a dry run of changed rules; with `--apply` the look back.

Nothing is sent again by any of them. A rebuild reads every incident, so it says how long their steps took as well.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.cli.posts import rules_of
from api.heartbeat import STALE, Phase, pulses
from api.lease import Lease, holder_name
from api.rule_trial import Trial, UnitTrial, try_rules
from api.stores import Stores
from api.wording import LEVELS, REASONS
from pipeline.backfill import Backfill, Backfilled
from pipeline.domain.errors import BadInput
from pipeline.domain.incident import Incident
from pipeline.domain.pace import pace_of, timed
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of, millis_of
from pipeline.workflow.replay import Rebuilt, rebuild
from pipeline.workflow.verify import EVERY


def run(arguments: argparse.Namespace) -> int:
    """Do what the arguments ask and print what came of it."""
    since = _since(arguments)
    rules = rules_of(arguments.rules) if arguments.rules else ()
    here = open_installation(arguments)
    try:
        if here.folder.cluster is not None and not rules:
            refuse_beside_workers(here.stores, applies=arguments.apply)
        if rules:
            _print_trial(here, try_rules(here.stores, here.settings, rules, since), as_json=arguments.json)
        elif arguments.apply:
            _print_backfill(_backfill(here, since), as_json=arguments.json)
        else:
            done = _rebuild(here)
            _print_rebuilt(done, {unit: _incidents(here, unit) for unit in done}, as_json=arguments.json)
    finally:
        here.stores.close()
    return 0


def refuse_beside_workers(stores: Stores, *, applies: bool) -> None:
    """
    Raise BadInput where a cluster's data may not be written by this verb: a look back (RPL-105), or workers (RPL-106).

    No lease keeps a cluster's workers away; each holds partitions, which this verb takes from none.
    """
    if applies:
        raise BadInput(
            "the look back works on one machine only as yet: on a cluster it would write beside the workers; "
            "`huiyin replay --rules FILE` shows what it would find, and changes nothing",
            code="RPL-105",
        )
    pulse = pulses(stores.records).get("work")
    if pulse is not None and pulse.phase is not Phase.ENDED and stores.machine_clock.now() - pulse.at <= STALE:
        raise BadInput(
            f"a worker gave a sign of life at {iso_of(pulse.at)}; stop every `huiyin work` of the cluster, "
            "then rebuild (a killed one counts as stopped after a minute)",
            code="RPL-106",
        )


def _since(arguments: argparse.Namespace) -> Millis:
    """Return from when on posts are looked at; raise BadInput where the arguments do not fit together."""
    if arguments.apply and arguments.rules:
        raise BadInput(
            "--apply takes the unit's own rules; make the changed ones hold first (`huiyin apply DIR`), "
            "then run replay --apply --since TIME",
            code="RPL-101",
        )
    if arguments.apply and not arguments.since:
        raise BadInput("--apply needs --since TIME: from when on rules look back", code="RPL-102")
    if arguments.since and not (arguments.apply or arguments.rules):
        raise BadInput("--since goes with --rules or --apply; a rebuild is always of everything", code="RPL-103")
    if not arguments.since:
        return 0
    try:
        return millis_of(arguments.since)
    except (ValueError, OverflowError) as cause:
        raise BadInput("--since must be a time as in 2026-11-02T08:30:00+08:00", code="RPL-104") from cause


def _rebuild(here: Installation) -> Mapping[str, Rebuilt]:
    units = sorted({*here.settings.units, *here.stores.log.units()})
    with Lease(here.stores.records, here.stores.machine_clock, "work", holder_name("replay")):
        return {unit: rebuild(here.stores.log, here.stores.posts, unit) for unit in units}


def _backfill(here: Installation, since: Millis) -> Mapping[str, Backfilled]:
    stores = here.stores
    desk = bootstrap.open_desk(stores, here.settings)
    with Lease(stores.records, stores.machine_clock, "work", holder_name("replay")) as lease:
        work = Backfill(
            stores.posts,
            stores.tokens,
            bootstrap.open_classifier(),
            desk,
            stores.clock,
            lambda: not lease.lost.is_set(),
        )
        return {unit: work.apply(watch, since) for unit, watch in here.settings.watch().units.items()}


def _incidents(here: Installation, unit: str) -> Sequence[Incident]:
    return here.stores.log.incidents(unit, open_only=False, limit=EVERY)


def _print_rebuilt(done: Mapping[str, Rebuilt], incidents: Mapping[str, Sequence[Incident]], *, as_json: bool) -> None:
    if as_json:
        said = {
            unit: asdict(one) | {"changed": one.changed, "timed": [timed(each) for each in incidents[unit]]}
            for unit, one in done.items()
        }
        print(json.dumps(said, ensure_ascii=False))
        return
    for unit, one in done.items():
        print(f"{unit}: {one.groups} groups and {one.incidents} incidents rebuilt, {one.changed} rows changed")
        for step, pace in pace_of(incidents[unit]).items():
            counted = f"{pace.incidents} incidents, half within {_length(pace.median)}, slowest {_length(pace.longest)}"
            print(f"  {step}: {counted}")
    changed = sum(one.changed for one in done.values())
    print("everything was right; nothing was sent" if not changed else f"{changed} rows changed; nothing was sent")


def _length(length: Millis) -> str:
    """Return a length in days, hours, minutes and seconds, the two largest that are not 0."""
    parts, rest = [], length // 1_000
    for name, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        parts += [f"{count} {name}"] if count else []
    return " ".join(parts[:2]) or "0 s"


def _print_backfill(done: Mapping[str, Backfilled], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({unit: asdict(one) for unit, one in done.items()}))
        return
    for unit, one in done.items():
        print(f"{unit}: {one.looked_at} posts looked at, {one.posts} newly met, {one.mentions} mentions, all silent")
        for post in one.left_out:
            print(f"  left out: post {post}; with it an alert rule would speak, so look at it yourself")


def _print_trial(here: Installation, trial: Trial, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_trial_as_data(trial), ensure_ascii=False))
        return
    print(f"{trial.posts} stored posts looked at; nothing was changed")
    for one in trial.units:
        print(f"\n{here.settings.units[one.unit].profile.name} ({one.unit})")
        _print_unit(one)


def _print_unit(one: UnitTrial) -> None:
    width = max([len("rule"), *(len(change.rule) for change in one.rules)])
    print(f"  {'rule':{width}}  {'new':>7}  {'no longer':>9}  {'unchanged':>9}")
    for change in one.rules:
        print(f"  {change.rule:{width}}  {change.new:>7}  {change.no_longer:>9}  {change.unchanged:>9}")
    print(f"  {one.groups_found} groups, where {one.groups_stored} are stored")
    print(f"  {len(one.pushes)} pushes, if nobody had decided anything meanwhile")
    for tried in one.pushes:
        push = tried.push
        known = "an incident already" if tried.is_known else "no incident yet"
        why = f"{LEVELS.get(push.level, '')}  {REASONS.get(push.reason, push.reason)}"
        print(f"    {iso_of(push.at)}  {why}  {len(push.posts)} posts, {known}")
    print("  who wrote is known for the newest 15 days only; older posts count as one person's each")


def _trial_as_data(trial: Trial) -> dict[str, object]:
    return {"posts": trial.posts, "units": [_unit_as_data(one) for one in trial.units]}


def _unit_as_data(one: UnitTrial) -> dict[str, object]:
    return {
        "unit": one.unit,
        "rules": [asdict(change) for change in one.rules],
        "groups_stored": one.groups_stored,
        "groups_found": one.groups_found,
        "pushes": [
            asdict(tried.push) | {"at": iso_of(tried.push.at), "is_known": tried.is_known} for tried in one.pushes
        ],
    }
