"""
Who wrote a post, so that it can be left out: elements that show a person, and the names that they show.

The names live as long as the page is read. They are removed from every text of the page: with the elements that show
them, and as ＊ where another post addresses them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import html

from .element_name import name_of

MASK = "＊"
_NAMED = re.compile(
    r"(?<![a-z])(?:authors?|user|users|nick|nickname|uname|username|user-?name|user-?link|poster|byline|writer|members?|replyer|"
    r"avatar|louzhu|people|xw1|authi|fn|vcard|cite)(?![a-z])"
)
_SAYS = re.compile(r"(?<![a-z])(?:text|txt|content|body|message|detail|msg|post|info|wrap|box|list)(?![a-z])")
_HOME = re.compile(
    r"[?&](?:uid|username|un)=|/u/|#/u\?|/users?/|/space|/people/|/profile|/member|/author|mod=space|/home/main"
)
_LONGEST = 30
_BEHIND = re.compile(r"\s*[（(\[]|\s+\d|\s+发表")
_OFFICE = re.compile(
    r"局|政府|委员|委|办|中心|社区|村|街道|部门|客服|民政|网站|管理员|官方|公安|医院|学校|报|台|12345|admin",
    re.IGNORECASE,
)
"""What answers for an office is no private person, and its name is worth reading."""
_ANONYMOUS = re.compile(r"匿名|游客|网友|用户|楼主|作者|热心|市民|群众|居民|先生|女士|guest|anonymous", re.IGNORECASE)
_NO_NAME = re.compile(
    r"[\W\d_]+\Z|.*[，。？！|【】\[\]:：]|.*(?:\d{4}-\d|关注|粉丝|积分|会员|声望|回答|文章|获赞|发消息|私信|新手|提问|采纳|收藏|主题|回帖|发表于|只看|等级)"
)


def shows_person(element: html.HtmlElement) -> bool:
    """Whether an element shows who wrote, and nothing else."""
    if element.tag == "cite":
        return True
    if element.tag == "a" and _HOME.search(element.get("href") or ""):
        return True
    return _names_person(f"{name_of(element)} {element.get('itemprop') or ''}")


@lru_cache(maxsize=8_192)
def _names_person(words: str) -> bool:
    return len(words) > 3 and _NAMED.search(words) is not None and _SAYS.search(words) is None


def names_in(element: html.HtmlElement) -> Iterator[str]:
    """Yield the names of persons that an element's parts show."""
    for part in element.iter():
        if shows_person(part):
            name = _BEHIND.split(" ".join("".join(part.itertext()).split()).strip("：:@ ,，\u200b"))[0]
            if 1 <= len(name) <= _LONGEST and not _NO_NAME.match(name):
                yield name


class Nicknames:
    """The names of one page, and how a text reads without them."""

    def __init__(self, names: Iterable[str]) -> None:
        known = {name for name in names if not _OFFICE.search(name)}
        apart = sorted((re.escape(name) for name in known), key=len, reverse=True)
        whole = [re.escape(name) for name in sorted(known, key=len, reverse=True) if not _ANONYMOUS.fullmatch(name)]
        self._lines = frozenset(known)
        self._addressed = re.compile(rf"((?:@|回复|回覆|引用|感谢|谢谢|楼主)\s*)({'|'.join(apart)})") if apart else None
        self._anywhere = re.compile("|".join(name for name in whole if len(name) >= 3)) if whole else None

    def remove_from(self, text: str) -> str:
        """Return the text without lines that are a name, and with ＊ where a name stands in a sentence."""
        kept = [line for line in text.split("\n") if line.strip("：:@ ,，") not in self._lines]
        said = "\n".join(kept)
        if self._addressed is not None:
            said = self._addressed.sub(lambda match: match[1] + MASK * len(match[2]), said)
        if self._anywhere is not None:
            said = self._anywhere.sub(lambda match: MASK * len(match[0]), said)
        return said
