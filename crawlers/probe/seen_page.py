"""A page as the probe sees it: bytes, text and tree, and the links that it shows."""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawlers.charset import decode_page
from crawlers.plain_text import text_of
from pipeline.domain.post import Millis


@dataclass(frozen=True)
class SeenPage:
    """One page that came, from `address` in the end, at `now`."""

    address: str
    body: bytes = field(repr=False)
    content_type: str
    now: Millis

    @cached_property
    def text(self) -> str:
        """The page's text, in the characters of its readers."""
        return decode_page(self.body, self.content_type)

    @cached_property
    def root(self) -> Selector:
        """The page's tree."""
        return Selector(self.text or "<html></html>", type="html")

    @cached_property
    def visible(self) -> str:
        """What a reader sees of it."""
        body = self.root.css("body")
        return text_of(body[0].root) if body else ""

    @property
    def host(self) -> str:
        """The host that answered."""
        return urlsplit(self.address).hostname or ""

    @property
    def title(self) -> str:
        """What the page calls itself."""
        return " ".join(self.root.css("title::text").get("").split())

    @property
    def generator(self) -> str:
        """The software that the page names."""
        return self.root.css("meta[name=generator i]::attr(content)").get("").strip()

    def whole(self, href: str) -> str:
        """Return a link of the page as a whole address; "" where it is none of the web."""
        base = self.root.css("base::attr(href)").get("").strip()
        try:
            found = urljoin(urljoin(self.address, base), href.strip()).split("#", 1)[0]
            is_web = urlsplit(found).scheme in ("http", "https") and bool(urlsplit(found).hostname)
        except ValueError:
            return ""
        return found if is_web else ""
