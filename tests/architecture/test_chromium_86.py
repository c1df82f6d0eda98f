"""What our stylesheets and scripts ask of a browser, Chromium 86 can do; syntax is the work of the build."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from api.notify.digest_look import PAGE_STYLE
from tests.tree import ROOT

ASSETS = ROOT / "api" / "http" / "assets"
# `accent-color` (93) is allowed: an older browser draws its ticks in its own colour, and nothing is lost.
CSS: Mapping[str, str] = {
    r":(?:is|where|has|modal|user-invalid|popover-open|not\([^()]*,)\b": "88 and later",
    r"\binset(?:-inline|-block)?\s*:": "87",
    r"\b(?:margin|padding)-(?:inline|block)\s*:": "87, the shorthand alone",
    r"\baspect-ratio\s*:": "88",
    r"\b(?:color-mix|oklch|oklab|lch|light-dark)\(": "111",
    r"\b\d+[dsl]v[hw]\b": "108",
    r"@(?:layer|container|property|scope|starting-style)\b": "99 and later",
    r"\b(?:translate|rotate|scale)\s*:": "104, the single property",
    r"\boverflow(?:-[xy])?\s*:\s*clip": "90",
    r"\bscrollbar-(?:gutter|color|width)\s*:": "94",
    r"\btext-wrap(?:-style)?\s*:": "114",
    r"\bfield-sizing\s*:": "123",
    r"\bsubgrid\b": "117",
    r"\b(?:first|last)\s+baseline": "108",
    r"@media[^{]*[<>]": "104, ranges",
    r"(?m)^\s+&": "112, nesting",
}
SCRIPT: Mapping[str, str] = {
    r"\.at\(": "92",
    r"\bstructuredClone\b": "98",
    r"\bObject\.(?:hasOwn|groupBy)\b": "93",
    r"\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\(": "97 and later",
    r"\bcrypto\.randomUUID\b": "92",
    r"\bAbortSignal\.(?:timeout|any)\b": "103",
    r"new FormData\([^()]+,": "112, the submitter",
    r"\bcheckVisibility\b": "105",
    r"\b(?:showPopover|togglePopover)\b": "114",
    r"\breportError\b": "95",
    r"\bPromise\.withResolvers\b": "119",
    r"\bArray\.fromAsync\b": "121",
    r"\bURL\.canParse\b": "120",
    r"parseHTMLUnsafe|setHTMLUnsafe": "124",
    r"\bscrollend\b": "114",
    r"\binert\b": "102",
    r"for await \(.*(?:body|stream)": "124",
    r"[\"'`][^\"'`]*:(?:is|where|has)\(": "88 and later, in a selector",
}
"""Pattern → since which Chromium it is there."""


def asked_for(text: str, newer: Mapping[str, str]) -> list[str]:
    """Return what a text uses and Chromium 86 lacks; a rule inside @supports asks first."""
    asking = re.sub(
        r"/\*.*?\*/", "", re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text), flags=re.DOTALL
    )
    return [
        f"{found.group().strip()} (Chromium {since})"
        for pattern, since in newer.items()
        for found in re.finditer(pattern, asking)
    ]


def own_files(ending: str) -> list[Path]:
    return [path for path in sorted(ASSETS.rglob(f"*.{ending}")) if "node_modules" not in path.parts]


def test_our_stylesheets_ask_for_nothing_newer() -> None:
    """Neither those of the console nor that of a digest's page."""
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in own_files("css")}
    found = {name: asked for name, text in (texts | {"digest": PAGE_STYLE}).items() if (asked := asked_for(text, CSS))}

    assert texts
    assert found == {}


def test_our_scripts_ask_for_nothing_newer() -> None:
    """Functions and selectors. htmx asks first; what it does not ask for, answers of ours never make it use."""
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in own_files("js")}
    found = {name: asked for name, text in texts.items() if (asked := asked_for(text, SCRIPT))}

    assert texts
    assert found == {}


def test_what_is_built_asks_by_no_newer_selector() -> None:
    """htmx is in it: one of its selectors is put in older words by the build."""
    built = (ROOT / "api" / "http" / "static" / "console.js").read_text(encoding="utf-8")

    assert len(built) > 10_000
    assert re.findall(r":not\([^()]*[ ,>+~][^()]*\)|:(?:is|where|has)\([^)]*\)", built) == []


def test_the_build_lowers_syntax_to_chromium_86() -> None:
    """esbuild does it; its target is the one word that counts."""
    assert 'target: "chrome86"' in (ASSETS / "build.mjs").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "newer"),
    [
        ("a:has(b) { color: red; }", CSS),
        (".x { inset: 0; }", CSS),
        (".x { width: 1px; }\n.y { aspect-ratio: 1; }", CSS),
        ("const last = list.at(-1);", SCRIPT),
        ("structuredClone(x)", SCRIPT),
    ],
)
def test_the_search_finds_what_is_newer(text: str, newer: Mapping[str, str]) -> None:
    """A planted one is found."""
    assert asked_for(text, newer)


def test_what_is_asked_for_first_is_allowed() -> None:
    """@supports leaves an old browser as it was."""
    assert asked_for("@supports (inset: 0) { .x { inset: 0; } }", CSS) == []
