"""
Everything that a page or mail says, in one place: `AREA.toml` beside this file holds `[key] zh = "…" en = "…"`.

Chinese is the first language. A text may hold `{name}`; the values are put in as they are, and the page escapes them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")
"""The first is what a page speaks where nobody asked for another."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: `words("queue.title")`, `words("queue.new", count=12)`."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text under "area.key"; raises KeyError, with the key, for one that nobody wrote."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def named(self, area: str, name: object) -> str:
        """Return the text under "area.name", or the name itself where nobody wrote one: for names that units set."""
        return self.texts.get(f"{area}.{name}", str(name))


@cache
def words_of(language: str) -> Words:
    """Return the words of a language; the first language for one that is not spoken here."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return Words(spoken, {key: texts[spoken] for key, texts in all_texts().items()})


@cache
def all_texts() -> Mapping[str, Mapping[str, str]]:
    """Return "area.key" → language → text of every area."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in sorted(resources.files(__name__).iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".toml"):
            area = entry.name.removesuffix(".toml")
            table = tomllib.loads(entry.read_text(encoding="utf-8"))
            found |= {f"{area}.{key}": texts for key, texts in table.items()}
    return found
