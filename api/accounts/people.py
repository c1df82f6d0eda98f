"""Everything about people in one value: how they come in, set a password, and leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.domain.errors import BadInput, Refused
from pipeline.ports import Clock, Records

from .account import ALL_UNITS, Account, Accounts, new_account
from .audit import Audit
from .limits import (
    LINK_OF_CLIENT,
    LOGIN_OF_ACCOUNT,
    LOGIN_OF_ACCOUNT_AND_CLIENT,
    LOGIN_OF_CLIENT,
    TURNED_AWAY,
    Limits,
    RequestLimit,
    TooMany,
    neighbourhood,
)
from .links import Links
from .passwords import Passwords, accept_password
from .places import Places
from .sessions import Sessions
from .tokens import Tokens

FIRST_ROLES = ("admin", "duty", "monitor")
"""
What the first account may do: a one-person office works with it; `huiyin user roles` changes it.

Not what a leader may: whoever is one sees complaints about staff before anybody decided (DESIGN §1.8), so that is said
on purpose, by a tick on the page.
"""
LEADER = "leader"
NO_ACCOUNT = "(none)"
"""What stands on record where somebody typed what is no account: a name, a number or a password in the wrong field."""


@dataclass(frozen=True, slots=True)
class People:
    """The book of accounts with its doors."""

    accounts: Accounts
    passwords: Passwords
    sessions: Sessions
    links: Links
    tokens: Tokens
    places: Places
    limits: Limits
    requests: RequestLimit
    audit: Audit

    def log_in(self, account_id: str, password: str, client: str) -> str:
        """
        Return the secret of a new session.

        Raises Refused (ACC-401) without saying what was wrong, TooMany (ACC-429), or Refused (ACC-503) when busy.
        """
        where, account = neighbourhood(client), self.accounts.get(account_id)
        key = f"{account_id}|{where}"
        counted = key if self.places.knows(account_id, where) else account_id
        try:
            self.limits.take(LOGIN_OF_CLIENT, where)
            self.limits.take(LOGIN_OF_ACCOUNT_AND_CLIENT, key)
            self.limits.take(LOGIN_OF_ACCOUNT, counted)
            account = self._proven(account, password)
        except Refused as refusal:
            self._note_refused(account.id if account else NO_ACCOUNT, client, refusal)
            raise
        self.limits.forgive(LOGIN_OF_ACCOUNT_AND_CLIENT, key)
        self.limits.forgive(LOGIN_OF_ACCOUNT, counted)
        self.places.note(account.id, where)
        self.audit.entered(account.id, "login", client, "ok")
        return self.sessions.begin(account)

    def _note_refused(self, account_id: str, client: str, refusal: Refused) -> None:
        """It is on record that somebody was turned away; of a flood that a limit stops, once for each place."""
        if isinstance(refusal, TooMany):
            try:
                self.limits.take(TURNED_AWAY, neighbourhood(client))
            except TooMany:
                return
        self.audit.entered(account_id, "login", client, refusal.code)

    def log_out(self, secret: str, account_id: str, client: str) -> None:
        """The session has ended."""
        self.sessions.end(secret)
        self.audit.entered(account_id, "logout", client, "ok")

    def change_password(self, account_id: str, old: str, new: str, client: str) -> str:
        """The new password holds, every session of before has ended; returns the secret of a new one."""
        self.limits.take(LOGIN_OF_ACCOUNT_AND_CLIENT, f"{account_id}|{neighbourhood(client)}")
        try:
            self._proven(self.accounts.get(account_id), old)
        except Refused as refusal:
            self.audit.entered(account_id, "change password", client, refusal.code)
            raise
        account = self.set_password(account_id, new, author=account_id)
        self.audit.entered(account_id, "change password", client, "ok")
        return self.sessions.begin(account)

    def set_password(self, account_id: str, password: str, *, author: str) -> Account:
        """The password holds, and every session of before has ended."""
        accept_password(password, account_id)
        return self.accounts.set_password(account_id, self.passwords.seal(password), author=author)

    def redeem(self, secret: str, account_id: str, password: str, client: str) -> str:
        """
        The link is used up, its account has this password; returns the secret of a new session.

        For the first account `account_id` is what its owner chose. Raises Refused (ACC-410) where the link no longer
        works, BadInput where id or password cannot be: then the link still works.
        """
        self.limits.take(LINK_OF_CLIENT, neighbourhood(client))
        link = self.links.find(secret)
        if link is None or (link.is_first and not self.accounts.is_empty()):
            raise _dead_link()
        first = new_account(account_id, "", FIRST_ROLES, (ALL_UNITS,)) if link.is_first else None
        whose = first.id if first else link.account
        accept_password(password, whose)
        sealed = self.passwords.seal(password)
        if self.links.take(secret) is None:
            raise _dead_link()
        account = self._with_password(first, whose, sealed)
        self.audit.entered(whose, "link", client, "ok")
        if account.is_disabled:
            raise _wrong()
        self.places.note(whose, neighbourhood(client))
        return self.sessions.begin(account)

    def introduce(self, account_id: str, name: str, *, is_leader: bool) -> Account:
        """The account has this display name, and the leader's role where it was ticked; raises BadInput (ACC-101)."""
        known = self.accounts.get(account_id)
        roles = {*(known.roles if known else FIRST_ROLES), *([LEADER] if is_leader else [])}
        wanted = new_account(account_id, name, roles, known.units if known else (ALL_UNITS,))
        return self.accounts.change(
            account_id,
            lambda found: replace(found, name=wanted.name, roles=wanted.roles),
            author=account_id,
            reason="first account",
        )

    def first_link(self) -> str | None:
        """Return the secret of a link for the first account; None where there is one already."""
        return self.links.make(None, author="operator") if self.accounts.is_empty() else None

    def link_for(self, account_id: str, *, author: str = "operator", client: str = "") -> str:
        """Return the secret of a link with which the account sets a new password; who made it is on record."""
        account = self.accounts.get(account_id)
        if account is None:
            raise BadInput(f"no account {account_id!r}; `huiyin user list` shows all", code="ACC-103")
        secret = self.links.make(account, author=author)
        self.audit.entered(author, f"make link for {account_id}", client, "ok")
        return secret

    def tidy(self, units: Iterable[str]) -> Mapping[str, int]:
        """What ran out is gone; returns how much of each."""
        return {
            "sessions": self.sessions.forget_ended(),
            "links": self.links.forget_ended(),
            "api_tokens": self.tokens.forget_ended(),
            "places": self.places.forget_ended(),
            "limits": self.limits.forget_ended(),
            "audit": self.audit.forget_old(units),
        }

    def _with_password(self, first: Account | None, whose: str, sealed: str) -> Account:
        if first is None:
            return self.accounts.set_password(whose, sealed, author=whose, reason="one-time link")
        account = replace(first, password=sealed)
        self.accounts.add(account, author=whose, reason="first account, by one-time link")
        return account

    def _proven(self, account: Account | None, password: str) -> Account:
        """Return the account that the password proves; each wrong answer takes the same time and says the same."""
        is_right = self.passwords.matches(account.password if account else "", password)
        if account is None or not is_right or account.is_disabled:
            raise _wrong()
        return account


def people_of(records: Records, clock: Clock, passwords: Passwords | None = None) -> People:
    """Return the people of an installation."""
    limits = Limits(records, clock)
    return People(
        accounts=Accounts(records, clock),
        passwords=passwords or Passwords(),
        sessions=Sessions(records, clock),
        links=Links(records, clock),
        tokens=Tokens(records, clock),
        places=Places(records, clock),
        limits=limits,
        requests=RequestLimit(limits),
        audit=Audit(records, clock),
    )


def _wrong() -> Refused:
    sentence = "account and password do not belong together, or the account is disabled; try again, or ask for a link"
    return Refused(sentence, code="ACC-401")


def _dead_link() -> Refused:
    sentence = "this link was used already or ran out after 24 hours; ask for another (`huiyin user link`)"
    return Refused(sentence, code="ACC-410")
