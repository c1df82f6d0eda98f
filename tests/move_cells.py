"""
State × command × role: every cell of the table, each asked of the clerk as an account of that role would.

A cell's expectation comes from the data that decide: `MOVES`, `ROLES`, the forms. Nothing is listed by hand but the
commands that name a group, whose incident may be closed while the group itself is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from api import bootstrap
from api.accounts.account import ROLES_OF_PEOPLE
from api.stores import Stores
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.command import Command, GroupSetAside
from pipeline.domain.event import GENESIS, Memo
from pipeline.domain.facts import CLOCKS_FROM
from pipeline.domain.incident import State
from pipeline.domain.mention import Mention
from pipeline.domain.moves import MOVES, NEEDS_NOTE
from pipeline.domain.next_moves import moves_for, moves_of_group
from pipeline.domain.order import Order
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import Target
from pipeline.domain.post import Post
from pipeline.domain.read_order import plain_of
from pipeline.domain.roles import ROLES
from pipeline.ports import Position, Work
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.desk import Desk, Practice
from tests import stored
from tests.builders import HeldClock
from tests.command_samples import SAMPLES
from tests.matters import NOON, UNIT, a_desk, a_row, of_incident, simple_due, stand
from tests.matters import Desk as Kept
from tests.ready_commands import ready

DONE = "done"
NO_FORM, NOT_HIS, NOT_NOW, ALREADY = "ORD-102", "INC-403", "INC-201", "INC-304"
NAMES_A_GROUP = frozenset({"group_restored", "group_split"})
"""They name no incident: that the group belongs to one that has ended is said by the group's own codes."""
OF_A_GROUP = frozenset({"INC-301", ALREADY, NOT_NOW})


@dataclass(frozen=True, slots=True)
class Cell:
    """One command, asked by an account of one role, of an incident in one state; `expected` is a code, or DONE."""

    command: str
    state: State
    role: str
    expected: str

    def moves(self, state: State | None = None) -> tuple[str, ...]:
        """Return what this role may ask for in the cell's state, or in another."""
        return moves_for(state or self.state, "account:somebody", frozenset({self.role}))


def cells() -> Iterator[Cell]:
    """Yield every cell: all commands of the table, all states, all roles of people."""
    for command in MOVES:
        for state in State:
            for role in ROLES_OF_PEOPLE:
                yield Cell(command, state, role, _expected(command, state, role))


def _expected(command: str, state: State, role: str) -> str:
    if command not in order_forms():
        return NO_FORM
    if role not in ROLES[command]:
        return NOT_HIS
    return DONE if state in MOVES[command] else NOT_NOW


@dataclass(frozen=True, slots=True)
class Scene:
    """A unit whose incident stands in a state, and a command that is complete there, if it is legal at all."""

    kept: Kept
    command: Command

    def clerk(self) -> Clerk:
        """Return a clerk before stores of their own that hold the scene."""
        stores = bootstrap.memory_stores(HeldClock(self.kept.now))
        _store_posts(stores, self.kept)
        previous = GENESIS
        for kept in self.kept.log:  # whose commands share one id
            batch = replace(kept, command=f"scene-{kept.seq}", previous=previous)
            stores.log.append(batch, [Memo(UNIT, memo, "", "说明", "00") for memo in batch.memos])
            previous = batch.hash
        practice = Practice(DEFAULT_POLICY, simple_due, CLOCKS_FROM)
        desk = Desk(stores.log, stores.posts, stores.clock, lambda _: practice)
        return Clerk(desk, stores.blobs, stores.records, lambda length: b"0" * length)

    def order(self, role: str) -> Order:
        """Return the command as an account of the role asks for it."""
        name = self.command.name
        has_text = self.command.note is not None or name in NEEDS_NOTE
        return Order(
            unit=UNIT,
            command=name,
            fields=plain_of(self.command) if name in order_forms() else {},
            account=self.command.actor.removeprefix("account:"),
            roles=frozenset({role}),
            key="cell",
            text="已核实" if has_text else "",
        )


def scene(command: str, state: State) -> Scene:
    """Return the scene of a cell: ready to be carried out where the table holds it."""
    if state in MOVES[command]:
        return Scene(*ready(command, state))
    kept, incident = stand(state)
    return Scene(kept, SAMPLES[command](incident))


def is_asked_of_an_incident(command: str) -> bool:
    """Whether the command names the incident itself."""
    forms = order_forms()
    return command in forms and forms[command].target in (Target.INCIDENT, Target.UNIT)


OF_GROUPS = ("group_joined", "group_restored", "group_split")
MARKS = ("free", "set aside", "owned")


@dataclass(frozen=True, slots=True)
class GroupCell:
    """One command, asked by an account of one role, of a group that people have left so."""

    command: str
    mark: str
    role: str

    def __str__(self) -> str:
        """The name of the case in a report of tests."""
        return f"{self.command}-{self.mark}-{self.role}"

    @property
    def expected(self) -> str:
        """A code, or DONE."""
        if self.role not in ROLES[self.command]:
            return NOT_HIS
        if self.command in self.moves():
            return DONE
        return NOT_NOW if (self.command, self.mark) == ("group_set_aside", "owned") else ALREADY

    def moves(self) -> tuple[str, ...]:
        """Return what this role may ask for of the group."""
        mark = group_scene(self.mark).desk.state(UNIT).mark_of("g1")
        return moves_of_group(mark, "account:somebody", frozenset({self.role}))

    def order(self) -> Order:
        """Return the command as an account of the role asks for it."""
        own: dict[str, dict[str, object]] = {
            "group_joined": {"incident": of_incident("g9")},
            "group_split": {"posts": ["g1-p2"]},
        }
        fields: dict[str, object] = {"group": "g1", **own.get(self.command, {})}
        return Order(UNIT, self.command, fields, "somebody", frozenset({self.role}), "cell")


def group_cells() -> Iterator[GroupCell]:
    """Yield every cell of commands to a group; those to an owned group that its incident decides are in `cells`."""
    for command in ("open", "group_set_aside", *OF_GROUPS):
        for mark in MARKS:
            if mark != "owned" or command not in OF_GROUPS:
                yield from (GroupCell(command, mark, role) for role in ROLES_OF_PEOPLE)


def group_scene(mark: str) -> Clerk:
    """Return a clerk before a group that is free, set aside or owned, and another incident."""
    kept = a_desk().has(a_row("g1", posts=2))
    kept.opens("g9")
    if mark == "set aside":
        kept.does(GroupSetAside(command_id="s", actor="account:duty-1", group="g1"))
    elif mark == "owned":
        kept.opens("g1")
    return Scene(kept, GroupSetAside(command_id="s", actor="account:duty-1", group="g1")).clerk()


def _store_posts(stores: Stores, kept: Kept) -> None:
    """The groups' posts are stored with their mentions, as the scene's facts know them."""
    posts: list[Post] = []
    mentions: list[Mention] = []
    for row in kept.rows.values():
        addressed = {one.post: one for one in kept.addressed.get(row.id, ())}
        for member in kept.members_of(row):
            letter = addressed.get(member)
            origin = {} if letter is None else {"origin": letter.origin}
            post = stored.a_post(1, member, id=member, heads=(member,), collected_at=NOON, **origin)
            posts.append(post)
            mentions.append(
                stored.a_mention(post, group=row.id, order=len(mentions), hits=(), addressed=letter is not None)
            )
    stores.posts.commit(Work(posts, mentions, list(kept.rows.values()), Position("bus-1", 0, 1)))
