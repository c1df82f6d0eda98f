"""
The lexicon: which words of each head stand where in a text.

A head is a question (`topic`, `act`, `need`, `urgency`); the files of `lexicon/` give its words in groups, each with a
label, a weight and a reason. Where words overlap, the leftmost counts, and of those the longest: so 养老保险 is never
养老, and a group `void` holds words that mean nothing and only cover others.
"""

import hashlib
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from pipeline.domain.errors import BadInput

VOID = ""
"""The label of words that only cover others."""

_GAPS = dict.fromkeys((*map(ord, " \t\r\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"), *range(0xD800, 0xE000)))
"""Blanks, and halves of characters, which no UTF-8 can hold."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one head that mean the same with the same weight; `reason` says why they are here."""

    head: str
    id: str
    label: str
    weight: int
    reason: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the lexicon and where it stands in the normal form."""

    start: int
    end: int
    word: str
    label: str
    weight: int


def normal_form(text: str) -> str:
    """Return the text as the lexicon sees it: compatibility forms plain, letters small, no blanks; lines stay."""
    return unicodedata.normalize("NFKC", text).lower().translate(_GAPS)


class Words:
    """The words of one head."""

    def __init__(self, groups: Iterable[Group]) -> None:
        """Raises BadInput where a word stands in two groups, or where there is none."""
        from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

        owners = _owners(groups)
        self._entries = [(word, group.label, group.weight) for word, group in owners.items()]
        if not owners:
            raise BadInput("the lexicon has no words; install Huiyin again", code="CLS-101")
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(owners), MATCH_KIND_LEFTMOST_LONGEST)

    def find(self, text: str) -> Iterator[Found]:
        """Yield the words of a text in normal form, from left to right, none inside another."""
        entries = self._entries
        for start, end, index in self._automaton.find(text):
            word, label, weight = entries[index]
            if label != VOID:
                yield Found(start, end, word, label, weight)


def _owners(groups: Iterable[Group]) -> Mapping[str, Group]:
    owners: dict[str, Group] = {}
    for group in groups:
        for word in map(normal_form, group.words):
            other = owners.setdefault(word, group)
            if other is not group:
                raise BadInput(
                    f"lexicon: {word} stands in {other.id} and in {group.id}; leave it in one", code="CLS-102"
                )
    return owners


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of every head; `version` changes with any word, label or weight."""

    topic: Words
    act: Words
    need: Words
    urgency: Words
    version: str


def read_lexicon(groups: Sequence[Group] | None = None) -> Lexicon:
    """Return the lexicon of some groups, or of the bundled files."""
    groups = bundled_groups() if groups is None else groups
    topic, act, need, urgency = (
        Words(group for group in groups if group.head == head) for head in ("topic", "act", "need", "urgency")
    )
    said = repr([(group.head, group.label, group.weight, group.words) for group in groups])
    return Lexicon(topic, act, need, urgency, hashlib.sha256(said.encode()).hexdigest()[:8])


def bundled_groups() -> Sequence[Group]:
    """Return every group of the bundled files. Raises BadInput where a file is damaged."""
    folder = resources.files("classifier").joinpath("lexicon")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return [group for file in files for group in groups_of(file.name, file.read_text(encoding="utf-8"))]


def groups_of(name: str, text: str) -> Iterator[Group]:
    """Yield the groups of one file's text. Raises BadInput where it is damaged."""
    try:
        table = tomllib.loads(text)
        for entry in table.get("group", ()):
            label = entry.get("label") or table.get("label") or entry["id"]
            yield Group(
                table["head"],
                entry["id"],
                label,
                entry["weight"],
                entry["reason"],
                tuple(dict.fromkeys(entry["words"])),
            )
        for entry in table.get("void", ()):
            yield Group(table["head"], entry["id"], VOID, 0, entry["reason"], tuple(dict.fromkeys(entry["words"])))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as cause:
        raise BadInput(f"lexicon {name} is damaged ({cause}); install Huiyin again", code="CLS-103") from cause
