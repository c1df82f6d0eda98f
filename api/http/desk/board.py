"""The board of a matter: what is claimed, what speaks for or against it, and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.http.draft import Draft
from api.http.form import Forms, FormView
from pipeline.domain.event_data import text, texts
from pipeline.domain.from_above import is_from_above
from pipeline.domain.incident import AnswerLine, Claim, Incident
from pipeline.domain.order_form import FieldKind
from pipeline.workflow.dossier import Moment

from .clocks import tone_of
from .posts import plain_post_view
from .reader import Reader

SHOWN_FROM = 2
"""The board stands open for Ⅰ and Ⅱ; for others when it is asked for, or was used."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence: a post, or what somebody noted. `text` is "" where it was erased."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim with its evidence and verdict, and the forms that this reader may use."""

    number: int
    text: str
    complained_of: str
    is_avoided: bool
    evidence: Sequence[EvidenceView]
    verdict: str
    verdict_code: str
    reason: str
    forms: Sequence[FormView]


@dataclass(frozen=True, slots=True)
class LineView:
    """A message to the unit that must be answered."""

    post: str
    headline: str
    received: str
    due: str
    tone: str
    outcome: str
    how: str
    ended: str
    forms: Sequence[FormView]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the forms of one incident need: who makes them, of what, what the reader may do, what he had typed."""

    reader: Reader
    forms: Forms
    incident: Incident
    may: frozenset[str]
    draft: Draft | None = None

    def form(self, command: str, **given: str) -> list[FormView]:
        """Return the form of the command in a list, an empty one where the reader may not ask for it now."""
        if command not in self.may:
            return []
        all_given = {"incident": self.incident.id, **given}
        draft = self.draft if self._is_mine(command, given) else None
        return [self.forms.form(command, all_given, revision=self.incident.revision, draft=draft)]

    def _is_mine(self, command: str, given: Mapping[str, str]) -> bool:
        draft = self.draft
        return (
            draft is not None
            and draft.command == command
            and all(draft.value(name) == value for name, value in given.items())
        )


def claim_texts(reader: Reader, incident: Incident) -> Mapping[str, str]:
    """Return claim → what is claimed; "" where it was erased."""
    memos = ((claim.id, reader.service.stores.log.memo(reader.unit, claim.id)) for claim in incident.claims)
    return {claim: memo.text if memo else "" for claim, memo in memos}


def claims_view(asked: Asked, timeline: Sequence[Moment], said: Mapping[str, str]) -> Sequence[ClaimView]:
    """Return the claims in the order in which they were recorded."""
    return [_claim(asked, number, claim, timeline, said) for number, claim in enumerate(asked.incident.claims, start=1)]


def _claim(asked: Asked, number: int, claim: Claim, timeline: Sequence[Moment], said: Mapping[str, str]) -> ClaimView:
    mine = [one for one in timeline if text(one.event.data, "claim") == claim.id]
    offices = [office for one in mine for office in texts(one.event.data, "offices")]
    judged = [one for one in mine if one.event.type == "verdict_given"]
    own_post = [one for one in asked.forms.lists.get(FieldKind.POST, ()) if one.value not in claim.evidence]
    evidence = [
        asked.forms.form(
            "record_evidence",
            {"incident": asked.incident.id, "claim": claim.id},
            revision=asked.incident.revision,
            lists={FieldKind.POST: own_post},
        )
    ]
    return ClaimView(
        number=number,
        text=said[claim.id],
        complained_of=asked.reader.called.of_offices(offices),
        is_avoided=bool(set(offices) & asked.incident.avoided),
        evidence=[_evidence(asked.reader, one) for one in claim.evidence],
        verdict=asked.reader.words(f"verdict.{claim.verdict}") if claim.verdict else "",
        verdict_code=claim.verdict or "",
        reason=judged[-1].memo.text if judged and judged[-1].memo else "",
        forms=[
            *(evidence if "record_evidence" in asked.may else []),
            *asked.form("give_verdict", claim=claim.id),
        ],
    )


def _evidence(reader: Reader, evidence: str) -> EvidenceView:
    """A post is shown as this reader may see it, anything else is a note."""
    stored = reader.service.stores.posts.post(evidence)
    if stored is not None:
        view = plain_post_view(reader, stored)
        return EvidenceView("post", view.headline or reader.words(f"common.{view.withheld}"))
    memo = reader.service.stores.log.memo(reader.unit, evidence)
    return EvidenceView("note", memo.text if memo else "")


def lines_view(asked: Asked) -> Sequence[LineView]:
    """Return the messages to the unit but papers from above (papers.py), those that wait first."""
    lines = [line for line in asked.incident.lines if not is_from_above(line)]
    return [_line(asked, line) for line in sorted(lines, key=lambda line: (line.outcome != "", line.at))]


def _line(asked: Asked, line: AnswerLine) -> LineView:
    reader = asked.reader
    stored = reader.service.stores.posts.post(line.post)
    view = plain_post_view(reader, stored) if stored else None
    late = line.due_at is not None and not line.outcome
    return LineView(
        post=line.post,
        headline=view.headline or reader.words(f"common.{view.withheld}") if view else reader.words("common.erased"),
        received=reader.at(line.at),
        due=reader.at(line.due_at),
        tone=tone_of(reader.moments.now, line.due_at or 0, None) if late else "",
        outcome=line.outcome,
        how=reader.words.named("means", line.how) if line.how else "",
        ended=reader.at(line.ended_at),
        forms=[] if line.outcome else [*_answers(asked, line), *asked.form("decline_line", post=line.post)],
    )


def _answers(asked: Asked, line: AnswerLine) -> list[FormView]:
    """To whom is asked of papers from above alone."""
    forms = asked.form("answer_line", post=line.post)
    return [replace(form, fields=[field for field in form.fields if field.name != "to"]) for form in forms]
