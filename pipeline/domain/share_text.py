"""
Share texts: what an app puts into the clipboard when somebody presses 分享, read as words and a link. Pure.

Such a text names the person who wrote or shared the post, and that name falls here, before anything is masked, searched
or stored (DESIGN §1.1). Only what has the form of an app's own sentence is touched; what a person wrote himself stays.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .address import canonical_address, names_author
from .share_forms import APP_WORDS, CODES, NAMED, NOBODY, SAID_IN_CHAT, STARTED_CHAT, STRAY

LINK = re.compile(r"https?://[^\s<>\"'，。；、！？（）【】《》“”]+", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_WITHOUT_WORDS = re.compile(r"[\W_]*")
_BEHIND_A_LINK = ".,:;!?)]}*~"
"""Marks that stand behind a link and are no part of it."""


class Dropped(StrEnum):
    """What was left out; never its wording."""

    NICKNAME = "nickname"
    APP_WORDS = "app_words"
    CODE = "code"
    PERSONS_PAGE = "persons_page"


@dataclass(frozen=True, slots=True)
class Shared:
    """
    A text that was pasted: its words, its first link ("" for none), and which kinds of things were left out.

    The link is canonical but where it names a person: then it is as it was given, for the door to seal.
    """

    words: str
    link: str = ""
    dropped: tuple[Dropped, ...] = ()


def read_shared(pasted: str) -> Shared:
    """
    Return the words and the first link of a pasted text, without nicknames, an app's own sentences and its codes.

    Trackers fall from links, so none says who shared it. Further links stay in the words, but those of a person's
    page. A text that has the form of no app keeps its words as they are.
    """
    reading = _Reading(pasted.replace("\r\n", "\n").strip())
    reading.read()
    return Shared(reading.text, reading.link, tuple(sorted(reading.dropped)))


class _Reading:
    """A text while things fall from it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.link = ""
        self.dropped: set[Dropped] = set()

    def read(self) -> None:
        for form, left in NAMED:
            self._without(form, Dropped.NICKNAME, left)
        self._without_chat_names()
        if self.dropped or APP_WORDS.search(self.text):
            self._without(APP_WORDS, Dropped.APP_WORDS)
            self._without(CODES, Dropped.CODE)
            self._without(STRAY, Dropped.NICKNAME)
        self._without_links()
        if self.dropped or self.link:
            self._tidy()

    def _without(self, form: re.Pattern[str], kind: Dropped, left: str = " ") -> None:
        def leave(found: re.Match[str]) -> str:
            name = found.groupdict().get("name")
            if name is not None and NOBODY.fullmatch(name.strip()):
                return found[0]
            self.dropped.add(kind)
            return found.expand(left)

        self.text = form.sub(leave, self.text)

    def _without_chat_names(self) -> None:
        """A forwarded chat says no more who spoke: under its heading, or where two lines are a name and an hour."""
        has_heading = STARTED_CHAT.search(self.text) is not None
        if has_heading:
            self._without(STARTED_CHAT, Dropped.NICKNAME)
        for form, enough in SAID_IN_CHAT:
            if has_heading or (enough and len(form.findall(self.text)) >= enough):
                self._without(form, Dropped.NICKNAME, "")

    def _without_links(self) -> None:
        links = [one for found in LINK.findall(self.text) if (one := found.rstrip(_BEHIND_A_LINK))]
        if not links:
            return
        first = links[0]
        self.link = first if names_author(first) else canonical_address(first)
        for link in sorted(set(links), key=len, reverse=True):
            self.text = self.text.replace(link, " " if link == first else self._kept(link))

    def _kept(self, link: str) -> str:
        if not names_author(link):
            return canonical_address(link)
        self.dropped.add(Dropped.PERSONS_PAGE)
        return " "

    def _tidy(self) -> None:
        """The gaps that were left are closed; a line of marks alone is none."""
        lines = (_BLANKS.sub(" ", line).strip() for line in self.text.split("\n"))
        self.text = "\n".join(line for line in lines if not _WITHOUT_WORDS.fullmatch(line)).strip(" ,，、|｜-")
