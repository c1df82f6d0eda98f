"""An account, and the book of all of them: records of the kind "account"."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.errors import BadInput, LostRace
from pipeline.ports import Clock, Record, Records

ACCOUNT = "account"
ROLES_OF_PEOPLE = ("monitor", "duty", "reviewer", "leader", "liaison", "admin", "auditor")
ALL_UNITS = "*"
"""The scope of an account that sees every unit of the installation."""

DEMO_ACCOUNT = "demo"
RESERVED = frozenset({DEMO_ACCOUNT, "operator", "anonymous", "huiyin", "system"})
MOST_ACCOUNTS = 100_000
LONGEST_NAME = 40
TRIES = 5
_ID = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)
_UNIT = re.compile(r"\*|[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """
    One person's account. `password` is an argon2id hash, "" where none was set yet.

    `generation` counts password changes, disabling and forced log-outs: sessions of an older one have ended.
    """

    id: str
    name: str
    roles: frozenset[str]
    units: frozenset[str]
    password: str = ""
    is_disabled: bool = False
    generation: int = 0

    def sees(self, unit: str) -> bool:
        """Whether the unit is in the account's scope."""
        return unit in self.units or ALL_UNITS in self.units


def new_account(account_id: str, name: str, roles: Iterable[str], units: Iterable[str]) -> Account:
    """Return an account without a password; raises BadInput (ACC-101) where one of its values cannot be."""
    account = Account(account_id, name.strip() or account_id, frozenset(roles), frozenset(units))
    problems = [*_problems_of_names(account), *_problems_of_scope(account)]
    if problems:
        raise BadInput(f"account {account_id!r}: {'; '.join(problems)}; nothing was changed", code="ACC-101")
    return account


def _problems_of_names(account: Account) -> Iterable[str]:
    if not _ID.fullmatch(account.id):
        yield "an id is 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first"
    if account.id in RESERVED:
        yield "this id is Huiyin's own, take another"
    if len(account.name) > LONGEST_NAME or not account.name.isprintable():
        yield f"a display name is at most {LONGEST_NAME} printable characters"


def _problems_of_scope(account: Account) -> Iterable[str]:
    unknown = sorted(account.roles - set(ROLES_OF_PEOPLE))
    if unknown:
        yield f"no such role: {', '.join(unknown)}; the roles are {', '.join(ROLES_OF_PEOPLE)}"
    if not account.roles:
        yield f"name at least one role of {', '.join(ROLES_OF_PEOPLE)}"
    if not account.units or not all(_UNIT.fullmatch(unit) for unit in account.units):
        yield "name the ids of its units, or * for all"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The book of accounts."""

    records: Records
    clock: Clock

    def get(self, account_id: str) -> Account | None:
        """Return the account as it is now; None where there is none."""
        record = self.records.get(ACCOUNT, "", account_id)
        return _read(record) if record else None

    def every(self) -> Sequence[Account]:
        """Return all accounts by id."""
        return [_read(record) for record in self.records.list(ACCOUNT, "", limit=MOST_ACCOUNTS)]

    def is_empty(self) -> bool:
        """Whether nobody has an account yet."""
        return not self.records.list(ACCOUNT, "", limit=1)

    def add(self, account: Account, *, author: str, reason: str = "") -> None:
        """The account is in the book; raises BadInput (ACC-102) where its id is taken."""
        if not self._put(account, 0, author, reason):
            raise BadInput(f"account {account.id!r} exists already; choose another id", code="ACC-102")

    def change(
        self, account_id: str, change: Callable[[Account], Account], *, author: str, reason: str = ""
    ) -> Account:
        """The account is what `change` makes of it; raises BadInput (ACC-103) where there is none, or LostRace."""
        for _ in range(TRIES):
            record = self.records.get(ACCOUNT, "", account_id)
            if record is None:
                raise BadInput(f"no account {account_id!r}; `huiyin user list` shows all", code="ACC-103")
            changed = change(_read(record))
            if self._put(changed, record.revision, author, reason):
                return changed
        raise LostRace(f"account {account_id!r} changed {TRIES} times meanwhile; look at it, then repeat")

    def end_sessions(self, account_id: str, *, author: str, reason: str = "") -> Account:
        """Every session of the account has ended."""
        return self.change(account_id, _next_generation, author=author, reason=reason)

    def set_disabled(self, account_id: str, *, is_disabled: bool, author: str, reason: str = "") -> Account:
        """The account may or may not come in any more; a disabled one is out everywhere at once."""
        return self.change(
            account_id,
            lambda account: replace(_next_generation(account), is_disabled=is_disabled),
            author=author,
            reason=reason,
        )

    def set_password(self, account_id: str, sealed: str, *, author: str, reason: str = "") -> Account:
        """The hash holds from now on, and every earlier session has ended."""
        return self.change(
            account_id,
            lambda account: replace(_next_generation(account), password=sealed),
            author=author,
            reason=reason,
        )

    def _put(self, account: Account, revision: int, author: str, reason: str) -> bool:
        value = json.dumps(
            {
                "name": account.name,
                "roles": sorted(account.roles),
                "units": sorted(account.units),
                "password": account.password,
                "disabled": account.is_disabled,
                "generation": account.generation,
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        record = Record(ACCOUNT, "", account.id, 0, value, self.clock.now(), author, reason)
        return self.records.put(record, expect=revision)


def _next_generation(account: Account) -> Account:
    return replace(account, generation=account.generation + 1)


def _read(record: Record) -> Account:
    value = json.loads(record.value)
    return Account(
        id=record.key,
        name=value["name"],
        roles=frozenset(value["roles"]),
        units=frozenset(value["units"]),
        password=value["password"],
        is_disabled=value["disabled"],
        generation=value["generation"],
    )
