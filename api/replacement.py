"""
One account takes the place of another: `huiyin user replace OLD NEW`, and the same from the page of accounts.

First it is on record who replaces whom, and the old account is out everywhere; then whom notices reach, the open
matters and the unsent messages follow. Whoever is killed in the middle asks again: what is done stays, the rest is
done. So does the clock, each minute, for what names the old account later: a matter that is opened again, say.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.accounts.account import Account
from api.accounts.people import People
from api.settings.change import Moved, Wanted, change_setting
from api.stores import Stores
from pipeline.domain.errors import BadInput
from pipeline.domain.masking import mask
from pipeline.domain.roles import OPERATOR, ROLES
from pipeline.domain.unit_settings import Recipient, Table, read_recipients
from pipeline.ports import Record
from pipeline.workflow.desk import Desk
from pipeline.workflow.settings import SETTING, in_force, table_of
from pipeline.workflow.succession import Places, places_of, readdress, take_places

SUCCESSION = "succession"
"""The kind of the records that say which account took the place of which."""
RECIPIENTS = "recipients"
TRIES = 5


@dataclass(frozen=True, slots=True)
class Replaced:
    """
    What was handed over, by unit. `settings` are the keys of settings in which the new account stands now; `kept_to`
    are addresses of the old account at which the new one is told from now on: they may be the old person's own.
    """

    old: str
    new: str
    places: Mapping[str, Places] = field(default_factory=dict)
    settings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept_to: Sequence[str] = ()
    messages: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing open named the old account."""
        return not any(map(len, self.places.values())) and not any(self.settings.values()) and not self.messages


@dataclass(frozen=True, slots=True)
class Replacing:
    """Replaces accounts in an installation."""

    stores: Stores
    desk: Desk
    people: People

    def replace(self, old: str, new: str, *, author: str, reason: str) -> Replaced:
        """
        Nothing open names the old account, which is disabled; returns what was handed over, nothing where asked again.

        Raises BadInput (ACC-103, ACC-106) before anything is changed where one of them is no account, or the new one
        is disabled, cannot see a unit in which the old one has work, or has no role that may do it.
        """
        self._refuse_unfit(old, new)
        value, why = json.dumps({"to": new}, sort_keys=True), mask(reason)
        now = self.stores.clock.now()
        self.stores.records.put(Record(SUCCESSION, "", old, 0, value, now, author, why), expect=None)
        self._put_out(old, new, author, why)
        return self._hand_over(old, new, f"{OPERATOR}:{author}", author)

    def _put_out(self, old: str, new: str, author: str, why: str) -> None:
        """The old account is disabled; not where the new one is by now, as where two replace each other at once."""
        accounts = self.people.accounts
        account = accounts.get(old)
        if account is None or account.is_disabled:
            return
        accounts.set_disabled(old, is_disabled=True, author=author, reason=why or f"replaced by {new}")
        successor = accounts.get(new)
        if successor is None or successor.is_disabled:
            accounts.set_disabled(old, is_disabled=False, author=author, reason=f"{new} was disabled meanwhile")
            self.stores.records.remove(SUCCESSION, "", old)
            sentence = f"{new} was disabled at this moment, so {old} stays; look at the accounts, then ask again"
            raise BadInput(sentence, code="ACC-106")

    def mend(self) -> int:
        """Whatever names a replaced account again names its successor; returns in how many places that was."""
        done = 0
        for record in self.stores.records.list(SUCCESSION, ""):
            new = self.successor(record.key)
            if new:
                moved = self._hand_over(record.key, new, "clock:succession", "clock")
                done += sum(map(len, moved.places.values())) + moved.messages
        return done

    def successor(self, old: str) -> str:
        """Return who has the old account's place now, followed to the last; "" where it is back, or nobody has it."""
        seen, account = {old}, self.people.accounts.get(old)
        while account is not None and account.is_disabled:
            record = self.stores.records.get(SUCCESSION, "", account.id)
            name = str(json.loads(record.value)["to"]) if record else ""
            if not name or name in seen:
                return ""
            seen.add(name)
            account = self.people.accounts.get(name)
        return "" if account is None or account.id == old else account.id

    def _hand_over(self, old: str, new: str, actor: str, author: str) -> Replaced:
        places, settings, kept, messages = {}, {}, dict[str, None](), 0
        for unit in self._units():
            settings[unit], addresses = self._change_settings(unit, old, new, author)
            kept |= dict.fromkeys(addresses)
            places[unit] = take_places(self.desk, unit, old=f"account:{old}", new=f"account:{new}", actor=actor)
            messages += readdress(self.stores.outbox, self._recipients(unit), unit=unit, old=old, new=new)
        return Replaced(old, new, places, settings, tuple(kept), messages)

    def _refuse_unfit(self, old: str, new: str) -> None:
        accounts = self.people.accounts
        for name in (old, new):
            if accounts.get(name) is None:
                raise BadInput(
                    f"no account {name!r}; `huiyin user list` shows all; nothing was changed", code="ACC-103"
                )
        problems = list(self._problems(old, accounts.get(new)))
        if problems:
            raise BadInput(
                f"{new} cannot take the place of {old}: {'; '.join(problems)}; nothing was changed", code="ACC-106"
            )

    def _problems(self, old: str, new: Account | None) -> Iterator[str]:
        if new is None or new.id == old:
            yield "name two different accounts"
            return
        if new.is_disabled:
            yield f"{new.id} is disabled; enable it first (`huiyin user enable {new.id}`)"
        for unit in self._units():
            places = places_of(self.desk.state(unit), f"account:{old}")
            if len(places) and not new.sees(unit):
                yield f"{new.id} does not see the unit {unit}, where {old} has open work"
            if (places.owned or places.offered) and not new.roles & ROLES["acknowledge"]:
                yield f"{new.id} has no role that works incidents; give it `duty` (`huiyin user roles`)"
            if places.to_sign and not new.roles & ROLES["sign"]:
                yield f"{new.id} has no role that signs; give it `reviewer` or `leader`"

    def _units(self) -> Sequence[str]:
        units = {record.unit for record in in_force(self.stores.records) if record.unit}
        return sorted(units | set(self.stores.log.units()))

    def _recipients(self, unit: str) -> Sequence[Recipient]:
        record = self.stores.records.get(SETTING, unit, RECIPIENTS)
        return read_recipients(table_of(record) or {}) if record else ()

    def _change_settings(self, unit: str, old: str, new: str, author: str) -> tuple[Sequence[str], Sequence[str]]:
        """Every setting of the unit that named the old account names the new one; returns their keys, and addresses."""
        changed, kept = [], list[str]()
        for record in in_force(self.stores.records, unit):
            addresses = self._change_setting(unit, record.key, old, new, author)
            if addresses is not None:
                changed.append(record.key)
                kept += addresses
        return changed, kept

    def _change_setting(self, unit: str, key: str, old: str, new: str, author: str) -> Sequence[str] | None:
        for _ in range(TRIES):
            record = self.stores.records.get(SETTING, unit, key)
            table = table_of(record) if record else None
            if record is None or table is None or not _names(table, old):
                return None
            after, kept = renamed(table, old, new)
            try:
                wanted = Wanted(unit, key, after, record.revision)
                change_setting(self.stores.records, self.stores.clock, wanted, author=author, reason=f"{old} → {new}")
            except Moved:
                continue
            return kept
        raise BadInput(f"{unit} {key} changed {TRIES} times meanwhile; ask once more", code="CFG-210")


def as_row(done: Replaced) -> Mapping[str, object]:
    """Return what was handed over as plain values, for programs."""
    return {
        "old": done.old,
        "new": done.new,
        "units": {
            unit: {
                "owned": places.owned,
                "offered": places.offered,
                "to_sign": places.to_sign,
                "settings": done.settings.get(unit, ()),
            }
            for unit, places in done.places.items()
        },
        "kept_to": done.kept_to,
        "messages": done.messages,
    }


def renamed(table: Table, old: str, new: str) -> tuple[Table, Sequence[str]]:
    """
    Return a setting in which the new account stands where the old one did, and the addresses that it thereby keeps.

    Where the new account is told already of the same over the same channel, the old one's row goes; where it has an
    address there, that one holds.
    """
    after = {name: _with_new(value, old, new) for name, value in table.items() if name != "recipient"}
    rows = table.get("recipient")
    if not isinstance(rows, list):
        return after if "recipient" not in table else {**after, "recipient": rows}, ()
    own = {row["channel"]: row.get("to", "") for row in rows if row.get("account") == new}
    told = {(row["role"], row["channel"]) for row in rows if row.get("account") == new}
    made, kept = [], []
    for row in rows:
        if row.get("account") != old:
            made.append(row)
        elif (row["role"], row["channel"]) not in told:
            to = own.get(row["channel"]) or row.get("to", "")
            kept += [to] if to and not own.get(row["channel"]) else []
            made.append({**row, "account": new, **({"to": to} if to else {})})
    return {**after, "recipient": made}, kept


def _names(table: Table, account: str) -> bool:
    rows = table.get("recipient")
    is_told = isinstance(rows, list) and any(row.get("account") == account for row in rows)
    return is_told or _with_new(dict(table), account, "") != dict(table)


def _with_new(value: object, old: str, new: str) -> object:
    """Return the value with "account:NEW" wherever it says "account:OLD"."""
    if isinstance(value, str):
        return f"account:{new}" if value == f"account:{old}" else value
    if isinstance(value, Mapping):
        return {name: _with_new(inner, old, new) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_new(inner, old, new) for inner in value]
    return value
