"""Bearer tokens for programs: made for an account, with at most its roles, found by their hash, revocable."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .account import Account
from .secret import draw_secret, mark_of

TOKEN = "token"  # noqa: S105 - the kind of a record
PREFIX = "huiyin_"
"""So that a token that leaked into a file can be found there."""
DAY: Millis = 24 * 3_600_000
LONGEST_DAYS = 366
MOST_TOKENS = 100_000
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Token:
    """A token that holds. `id` names it for people; `roles` are those that its account must have as well."""

    mark: str
    account: str
    roles: frozenset[str]
    purpose: str
    until: Millis

    @property
    def id(self) -> str:
        """Return the name under which it is listed and revoked."""
        return self.mark[:SHOWN]


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens of the installation."""

    records: Records
    clock: Clock

    def make(self, account: Account, roles: frozenset[str], *, days: int, purpose: str, author: str) -> str:
        """Return a new token; raises BadInput (ACC-107) for roles that the account has not, or a wrong length."""
        if not roles or not roles <= account.roles:
            sentence = f"a token's roles are among those of its account: {', '.join(sorted(account.roles))}"
            raise BadInput(f"{sentence}; nothing was made", code="ACC-107")
        if not 1 <= days <= LONGEST_DAYS:
            raise BadInput(f"a token holds 1 to {LONGEST_DAYS} days, not {days}; nothing was made", code="ACC-107")
        secret, now = PREFIX + draw_secret(), self.clock.now()
        token = Token(mark_of(secret), account.id, roles, purpose, now + days * DAY)
        self.records.put(_record(token, now, author), expect=None)
        return secret

    def find(self, secret: str) -> Token | None:
        """Return the token of a secret; None where there is none or it ran out."""
        return self.use(mark_of(secret))

    def use(self, mark: str) -> Token | None:
        """Return the token of this mark, as `find` does."""
        record = self.records.get(TOKEN, "", mark)
        token = _read(record) if record else None
        return token if token and self.clock.now() < token.until else None

    def of(self, account_id: str) -> Sequence[Token]:
        """Return the tokens of an account that still hold."""
        every = map(_read, self.records.list(TOKEN, "", limit=MOST_TOKENS))
        return [token for token in every if token.account == account_id and self.clock.now() < token.until]

    def revoke(self, account_id: str, token_id: str) -> None:
        """The token no longer works; raises BadInput (ACC-108) where the account has none of that name."""
        for token in self.of(account_id):
            if token.id == token_id:
                self.records.remove(TOKEN, "", token.mark)
                return
        raise BadInput(
            f"account {account_id!r} has no token {token_id!r}; `huiyin user list` shows all", code="ACC-108"
        )

    def forget_ended(self) -> int:
        """Tokens that ran out are gone; returns how many."""
        now = self.clock.now()
        ended = [one for one in map(_read, self.records.list(TOKEN, "", limit=MOST_TOKENS)) if now >= one.until]
        for token in ended:
            self.records.remove(TOKEN, "", token.mark)
        return len(ended)


def _record(token: Token, now: Millis, author: str) -> Record:
    value = json.dumps(
        {"account": token.account, "roles": sorted(token.roles), "purpose": token.purpose, "until": token.until},
        ensure_ascii=False,
        sort_keys=True,
    )
    return Record(TOKEN, "", token.mark, 0, value, now, author, "")


def _read(record: Record) -> Token:
    value = json.loads(record.value)
    return Token(record.key, value["account"], frozenset(value["roles"]), value["purpose"], value["until"])
