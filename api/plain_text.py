"""
A post's text is hostile. Jinja escapes its markup; this takes away what escaping leaves: control characters, and marks
that turn the direction of what stands beside them. Each becomes one visible sign, so that offsets of hits stay true.
"""

from collections.abc import Mapping

SIGN = "\N{REPLACEMENT CHARACTER}"
KEPT = frozenset("\n\t")
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070)]
_LINE_ENDS = [0x2028, 0x2029]
_HIDDEN = [0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)]
_SURROGATES = range(0xD800, 0xE000)

TABLE: Mapping[int, str] = {
    point: SIGN for point in [*_CONTROLS, *_DIRECTIONS, *_LINE_ENDS, *_HIDDEN, *_SURROGATES] if chr(point) not in KEPT
}


def plain(value: object) -> object:
    """Return a text with every control and direction mark made visible, code point for code point; others as is."""
    return value.translate(TABLE) if isinstance(value, str) else value


def web_address(address: str | None) -> str:
    """Return an address that a page may link to, "" for any other than http and https."""
    said = (address or "").strip()
    return said if said.lower().startswith(("https://", "http://")) else ""
