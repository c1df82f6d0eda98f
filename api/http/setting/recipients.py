"""Who is told, over which channel: one row a person, with what he is told of. An empty row is nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.http.form import Option
from api.notify.channels import is_mail_address
from api.words import Words
from pipeline.domain.unit_settings import ID, ROLE_NAMES, Recipient

from .form import Held, Reading, Typed, one, shown_list

MAIL = "mail"
USUAL = ("duty", "leader", "monitor")
"""Roles that notices are for in the shipped policy; others are shown where somebody has them."""
MOST = 50
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the form."""

    number: int
    account: str
    channel: str
    to: str
    roles: frozenset[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """One row as the template shows it."""

    person: Person
    channels: Sequence[Option]
    roles: Sequence[Option]


@dataclass(frozen=True, slots=True)
class RecipientsForm:
    """
    The form of the recipients. `accounts` may be chosen by name; `me` stands in the first row of an empty form, told of
    what `my_roles` are told of, and without an address he is nobody either.

    `channels` are those that there are on this machine.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    me: str = ""
    my_roles: frozenset[str] = frozenset()
    channels: Sequence[str] = (MAIL, "wecom", "webhook", "journal")
    key: str = "recipients"
    is_tried: bool = False
    template: str = "setting/recipients.html"

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return a row for each person who is told, and a blank one."""
        del words
        rows = _people(held.own.recipients)
        if not rows:
            rows = [Person(0, self.me, MAIL, "", self.my_roles)]
        rows.append(Person(len(rows), "", MAIL, "", frozenset()))
        typed: dict[str, Sequence[str]] = {"row": [str(row.number) for row in rows]}
        for row in rows:
            typed |= {f"account.{row.number}": [row.account], f"to.{row.number}": [row.to]}
            typed |= {f"channel.{row.number}": [row.channel], f"roles.{row.number}": sorted(row.roles)}
        return typed

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return one recipient for each role of each person; what is wrong stands beside its row."""
        del held
        rows, problems = [], {}
        for person in _typed(typed):
            if not person.to and person.account in ("", self.me) and person.channel in ("", MAIL):
                continue
            if problem := _problem(person, words):
                problems[f"row.{person.number}"] = problem
            account = person.account or _id_of(person.to)
            to = {"to": person.to} if person.to else {}
            rows += [
                {"account": account, "role": role, "channel": person.channel, **to}
                for role in ROLE_NAMES
                if role in person.roles
            ]
        return Reading({"recipient": rows} if rows else None, problems)

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[PersonView]:
        """Return the rows."""
        del held
        return [
            PersonView(
                Person(one.number, one.account, one.channel, one.to, one.roles, problems.get(f"row.{one.number}", "")),
                [
                    Option(name, words.named("channel", name), name == one.channel)
                    for name in dict.fromkeys((*self.channels, *([one.channel] if one.channel else [])))
                ],
                [
                    Option(role, words(f"setting_recipients.{role}"), role in one.roles)
                    for role in ROLE_NAMES
                    if role in USUAL or role in one.roles
                ],
            )
            for one in _typed(typed)
        ]

    def said(self, held: Held, words: Words) -> str:
        """Return who is told, in one line."""
        people = _people(held.own.recipients)
        if not people:
            return words("setting_recipients.nobody")
        return shown_list([f"{one.account} {words.named('channel', one.channel)}" for one in people], words, 4)


def _people(recipients: Sequence[Recipient]) -> list[Person]:
    """Return the recipients by person and channel: one may have several roles."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for told in recipients:
        found.setdefault((told.account, told.channel, told.to), set()).add(told.role)
    return [Person(number, *who, frozenset(roles)) for number, (who, roles) in enumerate(found.items())]


def _typed(typed: Typed) -> Iterator[Person]:
    for name in [row for row in typed.get("row", ()) if row.isdecimal() and len(row) < 4][:MOST]:
        yield Person(
            int(name),
            one(typed, f"account.{name}"),
            one(typed, f"channel.{name}"),
            one(typed, f"to.{name}"),
            frozenset(typed.get(f"roles.{name}", ())) & set(ROLE_NAMES),
        )


def _problem(person: Person, words: Words) -> str:
    """Return what is wrong with a row; "" where the person can be told."""
    if person.channel == MAIL and not is_mail_address(person.to):
        return words("setting_recipients.no_address")
    if len(person.to) > LONGEST:
        return words("setting.long", most=LONGEST)
    if person.account and not ID.fullmatch(person.account):
        return words("setting_recipients.bad_account")
    if not person.account and not person.to:
        return words("setting_recipients.no_account")
    return "" if person.roles else words("setting_recipients.no_role")


def _id_of(address: str) -> str:
    """Return a name for somebody without an account: what stands before the @, as far as a log may hold it."""
    name = re.sub(r"[^A-Za-z0-9._-]", "", address.partition("@")[0]).lstrip("._-")[:60]
    return name or "reader"


RECIPIENTS = RecipientsForm()
