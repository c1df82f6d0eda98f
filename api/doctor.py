"""Whether an installation is well: one finding per question; no data are changed."""

import json
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import distributions
from pathlib import Path

from classifier.absent import AbsentClassifier
from pipeline.domain.errors import HuiyinError
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of
from pipeline.ports import DeadLetter, Send
from pipeline.workflow.due_record import last_due_check
from pipeline.workflow.running import gaps

from . import bootstrap
from .accounts.people import people_of
from .cluster_doctor import servers_and_keys, unready
from .config import Config, read_config
from .entrance import open_entrance
from .finding import Finding
from .heartbeat import Phase, processes_of, pulses, silence
from .notify.channels import channel_problems, given_channels, recipient_problems
from .ownership import ownership, places
from .readiness import complaint, death
from .room import backup_finding, disk_finding
from .saying import PROGRESS
from .settings.installation import mail_set
from .source_health import source_health
from .stores import Stores
from .supervisor import PROCESS, name_of
from .ways_out import ways_out

OLDEST_PYTHON = (3, 11)
HOUR: Millis = 3_600_000
RECENT: Millis = 7 * 24 * HOUR
"""Failed sends and dead letters of the last week need a person; older ones are counted."""
COUNTED = 10_000
SHOWN = 5
MANY_TRIES = 5
"""A send that was tried so often in vain is shown before its day is over."""


def examine(path: Path, *, asks_outside: bool = True) -> Sequence[Finding]:
    """
    Return what there is to say of the installation that an operator's file describes.

    Unless `asks_outside` is False, each server that it needs is asked once whether it can be reached.
    """
    findings = [_python(), _packages()]
    try:
        config = read_config(path)
    except HuiyinError as refusal:
        return [*findings, Finding("config", False, str(refusal))]
    findings.append(Finding("config", True, f"{path} is good"))
    folder = bootstrap.place_of(config)
    if folder.cluster is not None:
        return [*findings, *_of_cluster(folder, config, asks_outside=asks_outside)]
    if not folder.huiyin.exists():
        return [*findings, Finding("stores", True, f"no data in {folder.root} yet; `huiyin run` makes them")]
    findings += _looked("disk", lambda: disk_finding(folder))
    schemas = _looked("stores", lambda: _schemas(folder))
    findings += schemas
    if all(finding.is_well for finding in schemas):
        findings += _opened(folder, config, asks_outside=asks_outside)
    return findings


def _of_cluster(folder: bootstrap.Folder, config: Config, *, asks_outside: bool) -> Sequence[Finding]:
    """Return what the servers tell, then what the stores tell; these are opened only where nothing would be made."""
    problems = unready(folder)
    if problems:
        return problems
    disk = _looked("disk", lambda: disk_finding(folder)) if folder.root.exists() else []
    return [*disk, *_opened(folder, config, asks_outside=asks_outside)]


def examine_stores(stores: Stores, config: Config) -> Iterator[Finding]:
    """Yield what the stores tell; a store that refuses is a finding, and the other questions are asked all the same."""
    yield from _looked("classifier", _classifier)
    yield from _looked("clock", lambda: _clock(stores))
    yield from _looked("sources", lambda: _sources(stores, config))
    yield from _looked("processes", lambda: _processes(stores))
    yield from _looked("backup", lambda: backup_finding(stores, config))
    yield from _looked("sends", lambda: _sends(stores))
    yield from _looked("gaps in running", lambda: _gaps(stores))
    yield from _looked("due times", lambda: _due_times(stores))
    yield from _looked("dead letters", lambda: _dead_letters(stores))
    yield from _looked("web", lambda: _web(config))
    yield from _looked("accounts", lambda: _accounts(stores))
    yield from _looked("channels", lambda: _channels(stores, config))


def _web(config: Config) -> Finding:
    """Tell where people open it, and what they compare when a browser asks about a certificate of ours."""
    entrance = open_entrance(config.web)
    made = bootstrap.known_certificate(bootstrap.place_of(config))
    if config.web.tls != "self-made" or made is None:
        return Finding("web", True, entrance.url)
    says = f"{entrance.url}, self-made certificate until {iso_of(made.ends_at)}"
    return Finding("web", True, says, (f"fingerprint SHA-256 {made.fingerprint}",))


def _accounts(stores: Stores) -> Finding:
    accounts = people_of(stores.records, stores.clock).accounts.every()
    if not accounts:
        return Finding("accounts", True, "none yet; `huiyin user link` makes a link for the first one")
    disabled = sum(account.is_disabled for account in accounts)
    has_admin = any("admin" in account.roles and not account.is_disabled for account in accounts)
    says = f"{len(accounts)}, {disabled} disabled"
    if has_admin:
        return Finding("accounts", True, says)
    return Finding("accounts", False, f"{says}; nobody is administrator: `huiyin user roles NAME --roles admin,…`")


def _looked(what: str, look: Callable[[], Finding]) -> list[Finding]:
    try:
        return [look()]
    except HuiyinError as refusal:
        return [Finding(what, False, str(refusal))]


def _opened(folder: bootstrap.Folder, config: Config, *, asks_outside: bool) -> list[Finding]:
    try:
        stores = bootstrap.open_stores(folder)
    except HuiyinError as refusal:
        return [Finding("stores", False, str(refusal))]
    with closing(stores):
        found = [*servers_and_keys(folder, stores), *examine_stores(stores, config)]
        return [*found, *ways_out(stores, config)] if asks_outside else found


def _python() -> Finding:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", False, f"{platform.python_version()} is too old; Huiyin needs {oldest} or newer")
    return Finding("python", True, f"{platform.python_version()} on {platform.system()}")


def _packages() -> Finding:
    found = ownership(distributions(), places())
    return Finding("packages", not found.problems, f"huiyin {found.installed}", found.problems)


def _schemas(folder: bootstrap.Folder) -> Finding:
    versions = bootstrap.schema_versions(folder)
    newer = [name for name, (version, newest) in versions.items() if version > newest]
    older = [name for name, (version, newest) in versions.items() if version < newest]
    says = ", ".join(f"{name} version {version}" for name, (version, _) in versions.items())
    if newer:
        return Finding("stores", False, f"{says}; {', '.join(newer)} is of a newer Huiyin: install that one again")
    if older:
        return Finding(
            "stores", False, f"{says}; {', '.join(older)} is of an older one: the next start brings it up, after a copy"
        )
    return Finding("stores", True, says)


def _classifier() -> Finding:
    speaks = bootstrap.open_classifier()
    if isinstance(speaks, AbsentClassifier):
        return Finding("classifier", False, f"none: {speaks.reason}; every post asks a person until it is mended")
    return Finding("classifier", True, speaks.model)


def _clock(stores: Stores) -> Finding:
    now = stores.clock.now()
    ahead = next(stores.posts.posts_since(now + HOUR + 1), None)
    if ahead is None:
        return Finding("clock", True, f"{iso_of(now)}, no stored post is from later")
    return Finding(
        "clock",
        False,
        f"{iso_of(now)}, but a post was collected at {iso_of(ahead.collected_at)}; set this machine's clock",
    )


def _sources(stores: Stores, config: Config) -> Finding:
    every = source_health(stores, config.crawl.every_seconds)
    if not every:
        return Finding("sources", True, "none is set; posts come by `huiyin ingest` only")
    alive = sum(one.is_alive for one in every)
    strange = [one for one in every if not one.is_alive or one.found is not None]
    says = f"{alive} of {len(every)} alive"
    if unusual := sum(one.is_alive for one in strange):
        says += f", {unusual} found more or less than is normal"
    return Finding("sources", not strange, says, tuple(f"{one.source} {one.name}: {complaint(one)}" for one in strange))


def _processes(stores: Stores) -> Finding:
    states = {record.key: (json.loads(record.value), record.at) for record in stores.records.list(PROCESS)}
    said = stores.records.get(PROGRESS, "", "work")
    problem = json.loads(said.value).get("problem", "") if said else ""
    is_new = said is not None and stores.clock.now() - said.at < RECENT
    lines = [
        f"{name}: {death(state) if state['state'] == 'dead' else state['state']} since {iso_of(at)}, "
        f"{state['restarts']} restarts"
        for name, (state, at) in states.items()
    ]
    alive = {name_of(name) for name, (state, _) in states.items() if state["state"] == "alive"}
    silent = [
        silence(part, pulse, stores.machine_clock.now())
        for part, pulse in pulses(stores.records).items()
        if pulse.phase is not Phase.ENDED
        or alive & {*processes_of(part)}  # whose parent was killed, and could say nothing
    ]
    lines += filter(None, silent)
    if said is not None and problem:
        lines.append(f"work said at {iso_of(said.at)}: {problem}")
    dead = [name for name, (state, _) in states.items() if state["state"] == "dead"]
    says = ", ".join(f"{name} {state['state']}" for name, (state, _) in states.items()) or "never started"
    return Finding("processes", not dead and not any(silent) and not (problem and is_new), says, tuple(lines))


def _sends(stores: Stores) -> Finding:
    units = sorted({*bootstrap.settings_of(stores).units, *stores.log.units()})
    sends = [send for unit in units for send in stores.outbox.sends(unit, limit=COUNTED)]
    counted = Counter(send.state for send in sends)
    since = stores.clock.now() - RECENT
    waiting_for_people = [send for send in sends if _needs_a_person(send, since)]
    reasons = Counter(f"{send.state}: {send.reason or 'no reason is noted'}" for send in waiting_for_people)
    says = ", ".join(f"{counted[state]} {state}" for state in sorted(counted)) or "none yet"
    lines = tuple(f"{number} {reason}" for reason, number in reasons.most_common(SHOWN))
    return Finding("sends", not waiting_for_people, says, lines)


def _channels(stores: Stores, config: Config) -> Finding:
    """Tell which channels there are, and what is wrong with them and with those who are to be told over them."""
    told = [one for people in bootstrap.settings_of(stores).recipients().values() for one in people]
    has_mail = mail_set(stores.records) is not None
    problems = (*channel_problems(config), *recipient_problems(told, config, has_mail=has_mail))
    says = (
        ", ".join(given_channels(config, has_mail=has_mail))
        or "no channel is configured; alerts are seen in the terminal only"
    )
    return Finding("channels", not problems, says, problems)


def _gaps(stores: Stores) -> Finding:
    found = gaps(stores.records, stores.clock.now() - RECENT)
    says = f"{len(found)} in the last 7 days" if found else "none in the last 7 days"
    return Finding("gaps in running", True, says, tuple(f"{iso_of(one.since)} to {iso_of(one.until)}" for one in found))


def _due_times(stores: Stores) -> Finding:
    """Tell of the clock's last look: an open incident without a due time is one that nobody is reminded of."""
    found = last_due_check(stores.records)
    if found is None:
        return Finding("due times", True, "not looked at yet; the clock looks once a minute")
    says = f"{found.open_incidents} incidents open, {found.undated} of them without a due time, at {iso_of(found.at)}"
    return Finding("due times", not found.undated, says, found.named)


def _needs_a_person(send: Send, since: Millis) -> bool:
    if send.state == "waiting" and len(send.attempts) >= MANY_TRIES:
        return True
    return send.state in ("held", "unclear") or (send.state == "failed" and send.notice.at >= since)


def _dead_letters(stores: Stores) -> Finding:
    letters = stores.bus.dead_letters(COUNTED)
    recent = [letter for letter in letters if letter.at >= stores.clock.now() - RECENT]
    number = f"{len(letters)}" if len(letters) < COUNTED else f"{COUNTED} or more"
    says = f"{number}, {len(recent)} of the last 7 days"
    return Finding("dead letters", not recent, says, tuple(map(_line, letters[:SHOWN])))


def _line(letter: DeadLetter) -> str:
    """Name source, stage, error and time of a letter, and nothing of what it holds."""
    return f"{iso_of(letter.at)} {letter.source or 'unknown source'}, {letter.stage}: {letter.error}"
