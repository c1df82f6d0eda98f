"""What the fields of a form may name, as options of a list: people, offices, posts, groups, claims, incidents."""

from collections.abc import Mapping, Sequence

from api.http.called import offices_of
from api.http.draft import JOINT
from api.http.form import Lists, Option
from pipeline.domain.incident import Incident, State
from pipeline.domain.moves import is_legal
from pipeline.domain.order_form import FieldKind
from pipeline.domain.roles import ROLES
from pipeline.workflow.dossier import Dossier
from pipeline.workflow.queue import QueueRow
from pipeline.workflow.visibility import Sight

from .posts import PostView
from .reader import Reader

MOST_INCIDENTS = 60
"""So many open incidents are offered for a merge, similar ones first."""


def lists_of_unit(reader: Reader) -> Lists:
    """Return the people and offices of the unit."""
    return {
        FieldKind.ACCOUNT: people(reader, ROLES["acknowledge"] | ROLES["sign"]),
        FieldKind.OFFICE: [Option(one.id, one.name) for one in offices_of(reader.service, reader.unit)],
        FieldKind.UNIT: [
            Option(one, own.profile.name) for one, own in reader.service.settings.units.items() if one != reader.unit
        ],
    }


def people(reader: Reader, roles: frozenset[str]) -> Sequence[Option]:
    """Return the accounts of the unit that have one of the roles, without the reader himself."""
    accounts = reader.service.people.accounts.every()
    return [
        Option(one.id, one.name or one.id)
        for one in accounts
        if one.sees(reader.unit) and one.roles & roles and not one.is_disabled and one.id != reader.who.account
    ]


def lists_of_incident(reader: Reader, dossier: Dossier, posts: Sequence[PostView], claims: Mapping[str, str]) -> Lists:
    """Return what the forms of one incident may name, besides the lists of the unit."""
    own = reader.state.incidents[dossier.incident.id]
    splittable = [row for row in dossier.line.rows if row.id in own.groups and row.id != own.group]
    return {
        **lists_of_unit(reader),
        FieldKind.CLAIM: [Option(claim, text[:40]) for claim, text in claims.items()],
        FieldKind.POST: [Option(f"{one.id}{JOINT}{one.version}", one.headline) for one in posts if not one.withheld],
        FieldKind.GROUP: [
            Option(row.id, reader.words("incident.group_option", headline=_lead(reader, row.id), count=row.posts))
            for row in splittable
        ],
        FieldKind.INCIDENT: mergeable(reader, dossier.incident),
    }


def mergeable(reader: Reader, incident: Incident) -> Sequence[Option]:
    """Return the open incidents that may be merged into this one: proposed ones first, then of its line and place."""
    if not is_legal("merge", incident.state):
        return []
    proposed = {one for each in reader.service.desk.proposals(reader.unit) for one in (each.one, each.other)}
    queue = reader.queue
    here = queue.of_incident(incident)
    others = [reader.state.as_one(one.id) for one in reader.state.incidents.values() if _may_join(incident, one)]
    newest = sorted(others, key=lambda one: one.times.opened_at)[-MOST_INCIDENTS * 4 :]
    rows = [row for one in newest if (row := queue.of_incident(one)).sight is Sight.FULL]
    ranked = sorted(rows, key=lambda row: (row.incident not in proposed, -_likeness(here, row), -row.last_at))
    return [_option(reader, here, row, is_proposed=row.incident in proposed) for row in ranked[:MOST_INCIDENTS]]


def _may_join(incident: Incident, other: Incident) -> bool:
    has_owner_alone = incident.state is State.DISCOVERED and other.state is not State.DISCOVERED
    return other.id != incident.id and is_legal("merge", other.state) and not has_owner_alone


def _likeness(one: QueueRow, other: QueueRow) -> int:
    """Return how much speaks for one matter: the same place counts most, then the same line."""
    ours, theirs = one.rows[:1], other.rows[:1]
    if not ours or not theirs:
        return 0
    same_place = ours[0].place is not None and ours[0].place == theirs[0].place
    same_line = ours[0].line is not None and ours[0].line == theirs[0].line
    return 2 * same_place + same_line


def _option(reader: Reader, here: QueueRow, row: QueueRow, *, is_proposed: bool) -> Option:
    words = reader.words
    level = words.named("level", row.level or "")
    said = words("incident.merge_option", level=level, headline=headline_said(reader, row), count=row.posts)
    is_alike = is_proposed or _likeness(here, row) >= 2
    return Option(f"{row.incident}{JOINT}{row.revision}", said + (words("incident.similar") if is_alike else ""))


def headline_said(reader: Reader, row: QueueRow) -> str:
    """Return the words that name a matter as this reader may see them."""
    withheld = {"internal": "common.internal", "conduct": "incident.conduct"}
    if row.headline.withheld:
        return reader.words(withheld[row.headline.withheld])
    return row.headline.text or reader.words("incident.no_words")


def _lead(reader: Reader, group: str) -> str:
    view = reader.service.stores.posts.group(reader.unit, group)
    return "" if view is None else headline_said(reader, reader.queue.of_group(view.row))
