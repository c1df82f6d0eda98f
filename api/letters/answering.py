"""Answers that a list tells of letters which wait here: recorded by the clerk, as the account that imports."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from api.words import Words
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.decide_imported import ELSEWHERE
from pipeline.domain.errors import Refused
from pipeline.domain.incident import AnswerLine, Incident, State
from pipeline.domain.order import Order
from pipeline.domain.sheet import LONGEST_TEXT
from pipeline.workflow.clerk import Clerk

from .letter import Letter, RowProblem

Line = tuple[str, AnswerLine]
"""The incident that holds a message, and its line."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Records answers in one unit, as an account with its roles; `words` are those of the memos."""

    clerk: Clerk
    unit: str
    account: str
    roles: frozenset[str]
    words: Words

    def lines(self) -> Mapping[str, Line]:
        """Return post → the incident that holds it and its line, as the unit's log says now."""
        state = self.clerk.desk.state(self.unit)
        return {line.post: (one.id, line) for one in state.incidents.values() for line in one.lines}

    def record(self, letter: Letter, incident: str, line: AnswerLine) -> RowProblem | None:
        """
        The line is answered, as the list says; a matter that nobody had begun and where nothing waits is filed.

        Returns why not, where the decider refuses. Doing it again changes nothing.
        """
        root = self._root(incident)
        was_waiting = root.state is State.DISCOVERED
        try:
            if was_waiting:
                self._does("acknowledge", letter, incident=root.id)
            said = self.words("letters.answer_memo", answer=letter.answer) if letter.answer else ""
            self._does(
                "answer_line",
                letter,
                said or self.words("letters.answered_memo"),
                incident=root.id,
                post=line.post,
                how=letter.how or ELSEWHERE,
                answered_at=letter.answered_at,
            )
            if was_waiting and not self._root(incident).waiting_lines:
                self._does("close", letter, self.words("letters.filed_memo"), incident=root.id, disposition="filed")
        except Refused as refusal:
            return RowProblem(letter.number, "LTR-301", refusal.code)
        except BadOrder as refusal:
            return RowProblem(letter.number, "LTR-301", refusal.code)
        return None

    def _does(self, command: str, letter: Letter, text: str = "", **fields: object) -> None:
        said = "\n".join([command, self.unit, letter.raw.source, letter.ref, str(letter.answered_at), text])
        key = hashlib.sha256(said.encode()).hexdigest()
        order = Order(self.unit, command, fields, self.account, self.roles, key, text[:LONGEST_TEXT])
        self.clerk.carry_out(order)

    def _root(self, incident: str) -> Incident:
        state = self.clerk.desk.state(self.unit)
        one = state.incidents[incident]
        while one.into is not None:
            one = state.incidents[one.into]
        return state.as_one(one.id)
