"""What one key or button on a row of the queue asks the clerk for, and what may be taken back afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.accounts.principal import Principal
from api.words import Words
from pipeline.domain.errors import BadInput
from pipeline.domain.order import Order, Outcome
from pipeline.domain.post import Millis

from .service import Service

ACTIONS: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("group", "open"): ("open", {}),
    ("group", "take"): ("open", {}),
    ("group", "join"): ("group_joined", {}),
    ("group", "filed"): ("group_set_aside", {"how": "filed"}),
    ("group", "irrelevant"): ("group_set_aside", {"how": "irrelevant"}),
    ("incident", "acknowledge"): ("acknowledge", {}),
    ("incident", "snooze"): ("snooze", {}),
    ("incident", "dismiss"): ("settle", {"disposition": "irrelevant"}),
}
"""(kind of row, action) → the command and its fields. `take` also acknowledges what it has opened."""
SAID: Mapping[str, str] = {"dismiss": "queue.dismissed"}
"""Action → the text that goes with it, which is the meaning of the key that was pressed."""
SAID_FIRST = ("closed", "opened", "absorbed")
"""Of a batch with several events these name the step."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row's form says. `fields` are those that a person may fill in; `revision` is that on his screen."""

    unit: str
    who: Principal
    kind: str
    target: str
    action: str
    key: str
    fields: Mapping[str, str]
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class LastStep:
    """The reader's last step in the unit. `seq` None: it is not taken back."""

    word: str
    at: Millis
    seq: int | None


def carry_out(service: Service, asked: Asked, words: Words) -> Outcome:
    """
    What the row's form asks for is in the log; returns what became of it.

    Raises BadInput (INP-153) where a row has no such action, and whatever the clerk raises.
    """
    if (asked.kind, asked.action) not in ACTIONS:
        raise BadInput(
            f"a row of the queue has no action {asked.action[:40]!r}; use one of its buttons", code="INP-153"
        )
    outcome = service.clerk.carry_out(_order(asked, words))
    if asked.action == "take" and outcome.incident is not None:
        return service.clerk.carry_out(_acknowledging(asked, outcome))
    return outcome


def take_back(service: Service, unit: str, who: Principal, seq: str) -> Outcome:
    """The reader's last step, which he saw under this seq, is taken back."""
    return service.clerk.carry_out(
        Order(unit, "undo", {"seq": seq}, who.account, who.roles, key=f"undo-{seq}"),
    )


def last_step(service: Service, unit: str, who: Principal, words: Words) -> LastStep | None:
    """Return the reader's last step of the last ten minutes, where nothing has come after it."""
    found = service.clerk.undoable(unit, who.account)
    if found is None:
        return None
    kind = next((each for each in SAID_FIRST if each in found.types), found.types[0])
    known = next((each for each in (f"step.{kind}", f"done.{kind}") if each in words.texts), "step.other")
    word = words(known)
    return LastStep(word, found.at, found.seq if found.means else None)


def _order(asked: Asked, words: Words) -> Order:
    command, fields = ACTIONS[(asked.kind, asked.action)]
    return Order(
        unit=asked.unit,
        command=command,
        fields={asked.kind: asked.target, **asked.fields, **fields},
        account=asked.who.account,
        roles=asked.who.roles,
        key=f"{asked.key}-{asked.action}",
        text=words(SAID[asked.action]) if asked.action in SAID else "",
        expected_revision=asked.revision,
    )


def _acknowledging(asked: Asked, opened: Outcome) -> Order:
    return Order(
        unit=asked.unit,
        command="acknowledge",
        fields={"incident": opened.incident},
        account=asked.who.account,
        roles=asked.who.roles,
        key=f"{asked.key}-acknowledge",
    )
