"""
One account takes the place of another in everything open of a unit: matters, offers, signatures, what waits to be sent.

Each matter is one batch of its own, named by its content, so whoever was killed in the middle asks again and does the
rest. Asking where nothing is left changes nothing.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.decide_replace import names_account
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Incident, State
from pipeline.domain.replace_command import ReplaceAccount
from pipeline.domain.unit_settings import Recipient
from pipeline.domain.unit_state import UnitState
from pipeline.ports import Outbox, Send

from .desk import Desk
from .notices import NOBODY, send_id

MOST_SENDS = 10_000
"""So many of what waits or is held is looked at in one go; asking again finds the rest."""
OPEN_SENDS = ("waiting", "held")
REPLACED = "replaced"
"""Why a message to the old account never goes out: the new one gets it."""


@dataclass(frozen=True, slots=True)
class Places:
    """The incidents in which an account stood: as owner, as the one to whom they are offered, as the one who signs."""

    owned: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    to_sign: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.owned) + len(self.offered) + len(self.to_sign)

    def without(self, incidents: Collection[str]) -> "Places":
        """Return the places in all other incidents."""
        owned, offered, to_sign = (
            tuple(one for one in named if one not in incidents) for named in (self.owned, self.offered, self.to_sign)
        )
        return Places(owned, offered, to_sign)


def places_of(state: UnitState, account: str) -> Places:
    """Return where something open names the account ("account:ID"), by incident."""
    matters = list(_matters(state, account))
    return Places(
        owned=tuple(one.id for one in matters if one.is_open and one.owner == account),
        offered=tuple(one.id for one in matters if one.offered_to == account),
        to_sign=tuple(one.id for one in matters for gap in one.gaps if gap.of == account),
    )


def take_places(desk: Desk, unit: str, *, old: str, new: str, actor: str) -> Places:
    """No matter of the unit names the old account any more, where anything open did; returns what was handed over."""
    places, elsewhere = places_of(desk.state(unit), old), set[str]()
    for incident in dict.fromkeys((*places.owned, *places.offered, *places.to_sign)):
        revision = desk.state(unit).as_one(incident).revision
        named = hashlib.sha256(f"{incident}\n{revision}\n{old}\n{new}".encode()).hexdigest()[:32]
        command = ReplaceAccount(command_id=f"replace:{named}", actor=actor, incident=incident, old=old, new=new)
        try:
            desk.execute(unit, command, roles=frozenset())
        except Refused:  # somebody else has settled it meanwhile; what is left is found by asking again
            elsewhere.add(incident)
    return places.without(elsewhere)


def readdress(outbox: Outbox, recipients: Sequence[Recipient], *, unit: str, old: str, new: str) -> int:
    """What waits or is held for the old account is for the new one, once; returns how many messages."""
    mine = [send for state in OPEN_SENDS for send in outbox.in_state(state, MOST_SENDS) if send.unit == unit]
    sends = [send for send in mine if send.recipient == old or _waits_for(send, old)]
    channels = list(dict.fromkeys(one.channel for one in recipients if one.account == new))
    for send in sends:
        outbox.create(list(_to_new(send, new, channels)), {})
        outbox.put_off(send.id, state="dropped", reason=REPLACED, next_at=0)
        outbox.drop([send.id], REPLACED)
    return len(sends)


def _waits_for(send: Send, old: str) -> bool:
    """Whether the message names the account alone, and nobody was set to get it."""
    return send.recipient == NOBODY and send.notice.to == f"account:{old}"


def _to_new(send: Send, new: str, channels: Sequence[str]) -> Iterator[Send]:
    is_nobodys = send.recipient == NOBODY
    for channel in channels if is_nobodys else (send.channel,):
        ident = send_id(send.unit, send.seq, send.number, new, channel)
        state, reason = ("waiting", "") if is_nobodys else (send.state, send.reason)
        yield replace(send, id=ident, recipient=new, channel=channel, state=state, reason=reason, attempts=())


def _matters(state: UnitState, account: str) -> Iterator[Incident]:
    """Yield what was opened and names the account, as one with what it absorbed."""
    roots = (state.as_one(one.id) for one in state.incidents.values() if one.state is not State.MERGED)
    return (one for one in roots if names_account(one, account))
