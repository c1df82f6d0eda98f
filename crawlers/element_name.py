"""What an element is called: its class and id as small words with hyphens, whatever style the page writes them in."""

import re
from functools import lru_cache

from lxml import html

_HUMP = re.compile(r"([a-z])([A-Z])")


def name_of(element: html.HtmlElement) -> str:
    """Return the words of an element's class and id: `postTitle post_1` is "post-title post-1"."""
    return _words(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=8_192)
def _words(classes: str, own: str) -> str:
    return _HUMP.sub(r"\1-\2", f"{classes} {own}").replace("_", "-").lower().strip()
