"""The list of missing signatures 待补签 as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.workflow.unsigned import unsigned

from .lists import headline_said
from .reader import Reader


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One missing signature: of which matter, what is to be signed, by whom, and since when."""

    href: str
    headline: str
    said: str
    since: str
    is_mine: bool


def signatures_view(reader: Reader) -> Sequence[SignatureView]:
    """Return what is not signed yet, what waits for the reader first."""
    now = reader.service.clock.now()
    return [
        SignatureView(
            href=f"/u/{reader.unit}/incidents/{each.row.incident}",
            headline=headline_said(reader, each.row),
            said=reader.words(
                "signed.asked",
                what=reader.words.named("signed", each.gap.what),
                who=reader.called.who(each.gap.of),
                waited=reader.moments.length(now - each.gap.at),
            ),
            since=reader.at(each.gap.at),
            is_mine=each.is_mine,
        )
        for each in unsigned(reader.queue, reader.state, reader.who.actor)
    ]
