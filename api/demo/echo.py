"""What becomes of a post after it was written: others repost it, its author edits it."""

from collections.abc import Callable

from .post import Private, locate
from .teller import Teller


def repost(text: str, teller: Teller, chance: Callable[[], float]) -> str:
    """Return the text as somebody passes it on: verbatim, with a prefix, cut short, or quoted with a question."""
    way = int(chance() * 4)
    if way == 0 or len(text) < 24:
        return text
    if way == 1:
        return teller.phrase("repost_open") + text
    if way == 2:
        return text[: int(len(text) * (0.55 + 0.35 * chance()))] + teller.phrase("truncate_mark")
    return teller.phrase("quote_open") + text + teller.phrase("quote_close")


def edit(text: str, teller: Teller, chance: Callable[[], float], *, more: str) -> str:
    """Return the text as its author leaves it after a second look: with an addition of the kind `more`, or shorter."""
    if chance() < 0.75:
        return text + teller.phrase(more)
    cut = text.rfind("。", 0, len(text) - 1)
    return text[: cut + 1] if cut > 12 else text + teller.phrase(more)


def still_there(private: tuple[Private, ...], title: str, text: str) -> tuple[Private, ...]:
    """Return where the private data of an original stand in what others made of it."""
    return locate({found.value: found.kind for found in private}, title, text) if private else ()
