"""Where the demo's story stands: one record that its director writes, and that every page and the terminal read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from api.words import Words
from pipeline.ports import Clock, Record, Records

STORY = "story"
GO = "story_go"
"""The kinds of the records: where the story stands, and that the visitor wants the next scene."""


@dataclass(frozen=True, slots=True)
class Caption:
    """
    What the line on every page says: the words' key with its values, and a page of the console that shows it.

    `waits`: the story goes on when the visitor says so. `number` counts the captions.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    waits: bool = False
    number: int = 0

    def said(self, words: Words) -> str:
        """Return the caption in words."""
        return words(f"story.{self.key}", **self.values)


def write_caption(records: Records, clock: Clock, caption: Caption) -> None:
    """Every page says this from its next look on."""
    value = json.dumps(asdict(caption), ensure_ascii=False, sort_keys=True)
    records.put(Record(STORY, "", "", 0, value, clock.now(), "demo", ""), expect=None)


def caption_of(records: Records) -> Caption | None:
    """Return what the story says now; None where none is told."""
    record = records.get(STORY, "", "")
    return Caption(**json.loads(record.value)) if record else None


def go_on(records: Records, clock: Clock, number: int) -> None:
    """The visitor has seen the caption with this number, and wants the next scene."""
    records.put(Record(GO, "", "", 0, str(number), clock.now(), "demo", ""), expect=None)


def is_seen(records: Records, number: int) -> bool:
    """Whether the visitor wants to go on behind the caption with this number."""
    record = records.get(GO, "", "")
    return record is not None and int(record.value) >= number
