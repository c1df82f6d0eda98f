"""An order: what a person asks for, as plain values; and what became of it. Ids come from its Idempotency-Key."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from .attachment import Attached
from .post import Millis


@dataclass(frozen=True, slots=True)
class Order:
    """
    What a person asks for, as a form or an API body gives it. `fields` names the target too: incident, group or post.

    `account` is the id without a word before it; `roles` are those that it has in this unit. `key` is the
    Idempotency-Key. `expected_revision` is that of the incident on the person's screen, None where he saw none.
    A handling office that asks for itself has no account: `office` is its id.
    """

    unit: str
    command: str
    fields: Mapping[str, object]
    account: str
    roles: frozenset[str]
    key: str
    text: str = ""
    attachments: tuple[Attached, ...] = ()
    expected_revision: int | None = None
    office: str = ""

    @property
    def actor(self) -> str:
        """Who acts, as events name him."""
        return f"office:{self.office}" if self.office else f"account:{self.account}"

    @property
    def command_id(self) -> str:
        """The command's id: the key of this account in this unit, hashed, so that nothing said in a key is kept."""
        return f"key:{self._hash('command')}"

    @property
    def memo_id(self) -> str:
        """The id of the text; files have it with a number behind."""
        return self._hash("memo")

    def _hash(self, kind: str) -> str:
        said = f"{kind}\n{self.unit}\n{self.actor if self.office else self.account}\n{self.key}"
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of an order: its batch, and how things stand now.

    `incident` and `revision` (that behind the batch) are None where no incident is concerned; `moves` are the commands
    that this person may ask for next. `memo` is the id of the text, which for `record_claim` is the claim's. `repeated`
    says that the key was known and nothing was done again.
    """

    unit: str
    seq: int
    at: Millis
    events: tuple[str, ...]
    incident: str | None
    revision: int | None
    moves: tuple[str, ...]
    memo: str | None = None
    repeated: bool = False
