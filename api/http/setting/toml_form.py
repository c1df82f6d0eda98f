"""The form of any setting as its text, for what is seldom changed; an empty text is what ships."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tomli_w

from api.settings.change import text_of
from api.settings.shipped import shipped_table
from api.words import Words
from pipeline.domain.unit_settings import Table

from .form import Box, Held, Reading, Section, Typed, one

LONGEST = 200_000
FIELD = "toml"


@dataclass(frozen=True, slots=True)
class TomlForm:
    """The text of one setting, which its own reader checks. `is_empty`: nothing ships under it."""

    key: str
    is_empty: bool = False
    is_tried: bool = False
    template: str = "setting/boxes.html"

    def typed_of(self, held: Held, words: Words) -> Typed:
        """Return the text of what holds."""
        del words
        table = held.table(self.key)
        return {FIELD: [tomli_w.dumps(shipped_table(self.key) if table is None else table)]}

    def read(self, typed: Typed, held: Held, words: Words) -> Reading:
        """Return the table of the text; a text that is what ships sets nothing."""
        del held
        text = one(typed, FIELD)
        if len(text) > LONGEST:
            return Reading(None, {FIELD: words("setting.long", most=LONGEST)})
        try:
            table = json.loads(text_of(tomllib.loads(text)))
        except tomllib.TOMLDecodeError as cause:
            return Reading(None, {FIELD: words("setting.no_toml", cause=cause)})
        except (TypeError, ValueError, RecursionError) as cause:  # a time; a number, or a nesting, without end
            return Reading(None, {FIELD: words("setting.no_value", cause=cause)})
        return Reading(None if _is_shipped(self.key, table) else table)

    def view(self, typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
        """Return one box, with how such a text is written."""
        del held
        label, hint = words("setting.as_text"), words.named("setting_example", self.key)
        text = one(typed, FIELD)
        rows = min(30, max(8, text.count("\n") + 3))
        return [
            Section(
                "",
                [
                    Box(
                        FIELD,
                        label,
                        "textarea",
                        text,
                        hint if hint != self.key else "",
                        problems.get(FIELD, ""),
                        rows=rows,
                    )
                ],
            )
        ]

    def said(self, held: Held, words: Words) -> str:
        """Return how many rows the setting has, or that it is as shipped."""
        table = held.table(self.key)
        if table is None:
            return words("setting.none_yet") if self.is_empty else words("setting.is_shipped")
        rows = next((value for value in table.values() if isinstance(value, list)), [])
        return words("setting.rows", count=len(rows)) if rows else words("setting.is_own")


def _is_shipped(key: str, table: Table) -> bool:
    return not table or text_of(table) == text_of(shipped_table(key))
