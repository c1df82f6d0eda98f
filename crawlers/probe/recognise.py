"""What a page is: each kind is asked in turn, from the one that is surest of itself to the one that takes any list."""

from .guess import Dead, Guess, NoGuess
from .kinds.board import recognise_board
from .kinds.discuz import recognise_discuz
from .kinds.feed import recognise_announced, recognise_feed, recognise_wordpress
from .kinds.lists import recognise_list
from .kinds.nothing import columns_of, is_article, is_drawn_by_script, why_nothing
from .rows import find_rows
from .seen_page import SeenPage


def recognise(page: SeenPage) -> Guess | NoGuess:
    """Return how the page would be read, or why nothing can be read of it."""
    if not page.text.strip() or "\x00" in page.text[:1_000] or page.text.lstrip()[:1] in ("{", "["):
        return NoGuess(Dead.NOT_A_PAGE)
    found = recognise_feed(page) or recognise_discuz(page) or recognise_wordpress(page)
    if found is not None:
        return found
    rows = find_rows(page)
    board = recognise_board(page, rows)
    if board is not None:
        return board
    if is_article(page, rows):
        return recognise_announced(page) or NoGuess(Dead.ONE_PAGE, columns_of(page))
    found = recognise_announced(page) or recognise_list(page, rows)
    if found is not None:
        return found
    return NoGuess(Dead.JAVASCRIPT) if is_drawn_by_script(page) else why_nothing(page)


def without_feed(page: SeenPage) -> Guess | NoGuess:
    """Return how the page would be read where the feed that it announces cannot be."""
    rows = find_rows(page)
    return recognise_list(page, rows) or why_nothing(page)
