"""
The posts of a page: a forum's floors, the comments below an article, the answers to a question.

A post is found by the element that holds its words, which forums name alike (postmessage, d_post_content,
comment-content …). Its time, floor and id stand in what surrounds these words and no other post's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from lxml import html

from pipeline.domain.post import Millis

from .element_name import name_of
from .nicknames import names_in, shows_person
from .page_time import ShownTime
from .page_tree import PageTree
from .plain_text import text_of

_POST = re.compile(r"postmessage-\d|(?<![a-z])(?:d-post-content|t-msgfont|t-f(?![a-z-])|crawler-post|cooked)(?![a-z])")
_POST_OF_FORUM = re.compile(r"(?<![a-z])(?:post-content|post-body|post-text|message)(?![a-z-])")
_REPLY = re.compile(
    r"(?<![a-z])(?:(?:comment|cmt|reply|answer|pinglun|feedback|tie|review)-?(?:entry-?)?"
    r"(?:content|contents|text|txt|body|cnt|detail|con|cont|word|words|message|msg)|lzl-content-main|rich-content-inner|liuyan-?con\w*)(?![a-z])"
)
_REPLY_BOX = re.compile(
    r"(?<![a-z])(?:comment|cmt|reply|answer|pinglun|tie)s?(?:-(?:item|box|wrap|main|list|inner))?(?![a-z-])"
)
_PLAIN = re.compile(r"(?:^|\s)(?:content|text|message|detail|con)(?:\s|$)")
_DROPPED = re.compile(
    r"(?<![a-z])(?:quote|pstatus|attach|sign|signature|jammer|locked|modact|toolbar|action|actions|operate|reply-link|"
    r"copy-code-button|tools?|share|avatar|avator|like|vote|reaction|reactions|mention|post-mention|user-mention)(?![a-z])"
)
_EDITED = re.compile(
    r".{0,50}[于於在]\s*.{4,30}?(?:编辑|編輯|修改)\s*\Z|.{0,20}[Ll]ast edited .*"
    r"|.{1,40}[于於在]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}[-/.月].{1,20}(?:回[复覆]|发表|发布|說|说|写道)?[:：]?\s*\Z"
)
_TOOLS = re.compile(
    r"(?:[\s|·\d+()（）/-]|回复|回覆|举报|點讚|点赞|赞|踩|顶|收藏|分享|评论|评论\(\d+\)|展开全文|展开|收起|删除|支持|反对|引用|只看该作者|查看全部|阅读全文|编辑于|发布于|广告|全部|最新|最热|发表|请?登录后?|后|参与|暂无|条|楼主|作者)*"
)
_FLOORS = {"楼主": 1, "沙发": 2, "板凳": 3, "地板": 4}
_FLOOR = re.compile(r"\s*(?:第\s*)?#?\s*(\d{1,6})\s*(?:楼|樓|层|#|F|L)\s*\Z|\s*#\s*(\d{1,6})\s*\Z")
_ID = re.compile(r"(?:^|[-_a-z])(\d{1,20})\Z")
_IDS = ("data-pid", "data-post-id", "data-id", "data-cid", "data-comment-id", "data-commentid", "id", "name")
_CLIMB = 12
_DEEP = 1_000_000
_SHORT = 40
_DIGITS = re.compile(r"\d+")
_NO_WORDS = frozenset({"a", "form", "textarea", "body", "time", "i", "em", "label", "img", "html", "main"})
_CHANGED = re.compile(r"编辑|編輯|修改|审核|更新|置顶|edited|回[复覆]\\s*\\Z")


class _Form(Enum):
    """How sure the name of an element makes us that a post's words stand in it."""

    FLOOR = auto()
    PERHAPS_FLOOR = auto()
    REPLY = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """A post of a page. `is_floor` holds in a thread, not below an article; `box` is all that the page shows of it."""

    text: str
    at: Millis | None
    floor: int | None
    id: str | None
    is_floor: bool
    box: html.HtmlElement


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a page in reading order, and the names of those who wrote them."""

    posts: tuple[Said, ...] = ()
    names: frozenset[str] = frozenset()


def find_posts(tree: PageTree, shown: Sequence[ShownTime], headline: html.HtmlElement | None = None) -> Posts:
    """Return the posts that a page shows; none where it is no thread and has no comments."""
    reader = _PostReader(tree, shown, headline)
    posts = tuple(reader.posts())
    return Posts(posts, frozenset(reader.names))


class _PostReader:
    """Reads the posts of one page."""

    def __init__(self, tree: PageTree, shown: Sequence[ShownTime], headline: html.HtmlElement | None) -> None:
        self._tree = tree
        self._words = _word_elements(tree)
        self._around_headline = set() if headline is None else {headline, *headline.iterancestors()}
        self._depths = _depths_inside([element for element, _ in self._words])
        self._times: dict[html.HtmlElement, list[ShownTime]] = {}
        for each in shown:
            for element in (each.holder, *each.holder.iterancestors()):
                self._times.setdefault(element, []).append(each)
        self._taken: set[int] = set()
        self.names: set[str] = set()

    def posts(self) -> Iterator[Said]:
        """Yield the posts in reading order; what stands there twice, as the best answer for example, once."""
        boxes = {element: self._box(element) for element, _ in self._words}
        times = self._times_of(boxes)
        found: list[Said] = []
        for element, is_floor in self._words:
            text = _words_of(element, self._times.get(element, ()))
            names = set(names_in(boxes[element]))
            self.names |= names
            floor, native_id = _floor_of(boxes[element], element), _id_of(element, boxes[element])
            if text and (is_floor or native_id or names or element in times):
                found.append(Said(text, times.get(element), floor, native_id, is_floor, boxes[element]))
        named = {said.text for said in found if said.id is not None}
        seen: set[tuple[str, str | None]] = set()
        for said in found:
            if (said.text, said.id) not in seen and (said.id is not None or said.text not in named):
                yield said
            seen.add((said.text, said.id))

    def _box(self, element: html.HtmlElement) -> html.HtmlElement:
        """Return the largest element around a post's words in which all other posts stand deeper: answers to it."""
        box, own = element, self._depths[element][0]
        for climbed, above in enumerate(element.iterancestors()):
            least, next_least = self._depths[above]
            if climbed >= _CLIMB or above in self._around_headline or least < own or next_least == own:
                break
            box = above
        return box

    def _times_of(self, boxes: dict[html.HtmlElement, html.HtmlElement]) -> dict[html.HtmlElement, Millis]:
        """Return when each post was written: the nearest time in its box that no post nested in it has."""
        found: dict[html.HtmlElement, Millis] = {}
        place = self._tree.place
        by_depth = sorted(boxes, key=lambda element: -place.get(boxes[element], 0))
        for element in by_depth:
            free = [each for each in self._times.get(boxes[element], ()) if id(each) not in self._taken]
            outside = [each for each in free if element not in (each.holder, *each.holder.iterancestors())]
            outside = outside or [each for each in free if len(each.text) <= _SHORT]
            if not outside:
                continue
            chosen = min(outside, key=lambda each: (_doubt(each), abs(each.place - place[element])))
            self._taken.update(id(each) for each in outside if each.time.at == chosen.time.at)
            found[element] = chosen.time.at
        return found


def _word_elements(tree: PageTree) -> list[tuple[html.HtmlElement, bool]]:
    """Return the innermost elements that hold a post's words, each with whether it is a thread's floor."""
    found: dict[html.HtmlElement, _Form] = {}
    for element in tree.order:
        form = _form_of(element)
        if form is not None and (form is _Form.FLOOR or _says_something(element)):
            found[element] = form
    outer = {above for element in found for above in element.iterancestors() if above in found}
    forms = {element: form for element, form in found.items() if element not in outer}
    kept = _floors_of(forms)
    return [(element, element in kept) for element, form in forms.items() if form is _Form.REPLY or element in kept]


def _floors_of(forms: Mapping[html.HtmlElement, _Form]) -> frozenset[html.HtmlElement]:
    """Return the elements that hold floors: those named so for sure, else the largest group of one name."""
    sure = frozenset(element for element, form in forms.items() if form is _Form.FLOOR)
    if sure:
        return sure
    perhaps = [element for element, form in forms.items() if form is _Form.PERHAPS_FLOOR]
    groups = Counter(_DIGITS.sub("", name_of(element)) for element in perhaps)
    name, size = groups.most_common(1)[0] if groups else ("", 0)
    return frozenset(each for each in perhaps if size > 1 and _DIGITS.sub("", name_of(each)) == name)


def _form_of(element: html.HtmlElement) -> _Form | None:
    """Return in which form an element holds a post's words; None where it holds none."""
    if element.tag in _NO_WORDS:
        return None
    form, needs_box = _form_of_name(name_of(element))
    if needs_box is None:
        return form
    levels = 5 if form is _Form.PERHAPS_FLOOR else 3
    is_inside = any(needs_box(name_of(above)) for _, above in zip(range(levels), element.iterancestors(), strict=False))
    return form if is_inside else None


@lru_cache(maxsize=8_192)
def _form_of_name(name: str) -> tuple[_Form | None, Callable[[str], bool] | None]:
    """Return the form that a name speaks of, and what the name of an element around it must be, where it must."""
    if len(name) < 3:
        return None, None
    if _POST.search(name):
        return _Form.FLOOR, None
    if _POST_OF_FORUM.search(name):
        return _Form.PERHAPS_FLOOR, _is_post_box
    if _REPLY.search(name):
        return _Form.REPLY, None
    return (_Form.REPLY, _is_reply_box) if _PLAIN.search(name) else (None, None)


@lru_cache(maxsize=8_192)
def _is_post_box(name: str) -> bool:
    return " post " in f" {name} " or _ID.search(name) is not None


@lru_cache(maxsize=8_192)
def _is_reply_box(name: str) -> bool:
    return _REPLY_BOX.search(name) is not None


def _says_something(element: html.HtmlElement) -> bool:
    """Whether an element holds words that are not all links, and no box to write into."""
    if next(element.iter("textarea"), None) is not None:
        return False
    said = sum(len(text.strip()) for text in element.itertext())
    linked = sum(len("".join(link.itertext()).strip()) for link in element.iter("a"))
    return said > 0 and linked <= 0.7 * said


def _doubt(shown: ShownTime) -> int:
    """Return how little a time looks like that of the writing: later changes last, what has no clock before them."""
    if _CHANGED.search(shown.text):
        return 2
    return 0 if shown.time.has_clock else 1


def _depths_inside(elements: Sequence[html.HtmlElement]) -> dict[html.HtmlElement, tuple[int, int]]:
    """Return for each element around some words the depths of the two least deep of them."""
    depths: dict[html.HtmlElement, tuple[int, int]] = {}
    for element in elements:
        around = (element, *element.iterancestors())
        for each in around:
            least, next_least = depths.get(each, (_DEEP, _DEEP))
            depths[each] = (min(least, len(around)), min(max(least, len(around)), next_least))
    return depths


def _words_of(element: html.HtmlElement, times: Sequence[ShownTime]) -> str:
    """Return what a post says, without quotations, times, marks of editing, tools and the one who wrote."""
    own = list(element.iter())
    dated = {each.holder for each in times if len(each.text) <= _SHORT}
    left_out = {at for at, part in enumerate(own) if at and (part in dated or _is_left_out(part))}
    copy = deepcopy(element)
    copy.tail = None
    for at, part in enumerate(list(copy.iter())):
        if at in left_out and part.getparent() is not None:
            part.drop_tree()
    lines = text_of(copy).split("\n")
    return "\n".join(line for line in lines if not _EDITED.match(line) and not _TOOLS.fullmatch(line))


def _is_left_out(part: html.HtmlElement) -> bool:
    style = (part.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or shows_person(part) or _DROPPED.search(name_of(part)) is not None


def _floor_of(box: html.HtmlElement, words: html.HtmlElement) -> int | None:
    for part in box.iter():
        if part is words:
            continue
        if len(part) > 2 or not (part.text or len(part)):
            continue
        said = "".join(part.itertext()).strip()
        if len(said) > 8:
            continue
        if said in _FLOORS:
            return _FLOORS[said]
        if match := _FLOOR.match(said):
            return int(match[1] or match[2])
    return None


def _id_of(words: html.HtmlElement, box: html.HtmlElement) -> str | None:
    for element in (words, *words.iterancestors()):
        for name in _IDS:
            if (said := element.get(name)) and (match := _ID.search(said.lower())):
                return match[1]
        if element is box:
            return None
    return None
