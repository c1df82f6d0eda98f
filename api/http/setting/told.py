"""What a page tells of settings: what holds, who changed it and why, and what differs, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.http.desk.reader import Reader
from api.settings.history import Difference, editions
from api.words import Words
from pipeline.domain.post import Millis
from pipeline.ports import Record

from .form import Held, SettingForm
from .rule_title import rule_title

MOST_SAID = 12
"""So many words of a long list are named one by one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting in the list: what holds, whether it is the unit's own, and who changed it last; at 0 nobody."""

    key: str
    said: str
    is_own: bool
    who: str = ""
    at: Millis = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What differs at one place, in words: what is new and what has gone, or what was and is now."""

    where: str
    added: str = ""
    dropped: str = ""
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One revision in the history of a setting, in words."""

    revision: int
    who: str
    reason: str
    at: Millis
    is_set: bool
    said: Sequence[Said]


def row_of(reader: Reader, held: Held, form: SettingForm, record: Record | None) -> Row:
    """Return a setting as the list shows it."""
    said, is_own = form.said(held, reader.words), held.table(form.key) is not None
    if record is None:
        return Row(form.key, said, is_own)
    return Row(form.key, said, is_own, author_said(reader, record.author), record.at, record.reason)


def pasts(reader: Reader, key: str) -> Sequence[Past]:
    """Return the history of a setting, newest first."""
    return [
        Past(
            one.revision,
            author_said(reader, one.author),
            one.reason,
            one.at,
            one.is_set,
            in_words(one.differences, reader.words),
        )
        for one in editions(reader.service.stores.records, reader.unit, key)
    ]


def author_said(reader: Reader, author: str) -> str:
    """Return how people call whoever wrote a record: an account, the operator of the machine."""
    return reader.words("setting.operator") if author == "operator" else reader.called.who(author)


def in_words(differences: Iterable[Difference], words: Words) -> Sequence[Said]:
    """Return what differs, each place by its name on the page."""
    return [
        Said(
            where=_where(one, words),
            added=_some(one.added, one.row, words),
            dropped=_some(one.dropped, one.row, words),
            was=_value(one.was or _opposite(one.now), words),
            now=_value(one.now or _opposite(one.was), words),
        )
        for one in differences
    ]


def _where(one: Difference, words: Words) -> str:
    key = words.named("setting_key", one.key.rpartition(".")[2]) if one.key else ""
    row = rule_title(one.row, words) if one.row else ""
    return words("setting.of_row", row=row, key=key) if row and key else row or key


def _some(values: Sequence[str], row: str, words: Words) -> str:
    if row and values[:1] == (row,):
        rest = _some(values[1:], "", words)
        return words("setting.whole_with", said=rest) if rest else words("setting.whole")
    if len(values) > MOST_SAID:
        return words("setting.and_more", said=words("common.and").join(values[:MOST_SAID]), count=len(values))
    return words("common.and").join(values)


def _opposite(value: str) -> str:
    """Return what a claim is that is not given beside one that is: 否; "" for everything else."""
    return "false" if value == "true" else ""


def _value(value: str, words: Words) -> str:
    return words.named("setting_value", value)
