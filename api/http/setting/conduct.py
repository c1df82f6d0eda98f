"""工作作风用词: words for staff and for what they did, which the unit adds to those that ship."""

from collections.abc import Mapping, Sequence

from api.words import Words
from pipeline.domain.conduct import LONGEST, SHIPPED_CONDUCT
from pipeline.domain.unit_settings import strings

from .form import MOST_WORDS, Box, BoxForm, Held, Reading, Section, Typed, lines, listed, one, shown_list

KINDS = ("staff", "acts")


def _typed(held: Held, words: Words) -> Typed:
    del words
    return {kind: [lines(strings(held.table("conduct") or {}, kind))] for kind in KINDS}


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    del held
    found = {kind: listed(one(typed, kind)) for kind in KINDS}
    problems = {}
    for kind, said in found.items():
        bad = [word for word in said if not (2 <= len(word) <= LONGEST and word.isalnum())]
        if bad:
            problems[kind] = words("setting_conduct.bad", names=shown_list(bad, words), most=LONGEST)
        if len(said) > MOST_WORDS:
            problems[kind] = words("setting.many", count=len(said), most=MOST_WORDS)
    return Reading({kind: list(said) for kind, said in found.items() if said} or None, problems)


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    del held
    shipped = {"staff": SHIPPED_CONDUCT.staff, "acts": SHIPPED_CONDUCT.acts}
    return [
        Section("", [
            Box(
                kind, words(f"setting_conduct.{kind}"), "textarea", one(typed, kind),
                words("setting_conduct.shipped", names=shown_list(shipped[kind], words, 8)), problems.get(kind, ""),
            )
            for kind in KINDS
        ])
    ]  # fmt: skip


def _says(held: Held, words: Words) -> str:
    added = sum(len(strings(held.table("conduct") or {}, kind)) for kind in KINDS)
    return words("setting_conduct.said", added=added) if added else words("setting.is_shipped")


CONDUCT = BoxForm("conduct", _boxes, _typed, _reads, _says)
