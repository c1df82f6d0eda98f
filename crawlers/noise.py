"""What a page itself calls something other than its article: comments, lists of other pages, tools, its end."""

import re
from functools import lru_cache

from lxml import html

from .element_name import name_of

_STRONG = re.compile(
    r"(?<![a-z])(?:comments?|cmt|reply|replies|pinglun|recommends?|recommended|recmd|tuijian|related|relate|xiangguan|"
    r"copyright|breadcrumbs?|crumbs?|footer|qrcode|erweima|advert)(?![a-z])"
)
_WEAK = re.compile(
    r"(?<![a-z])(?:share|fenxiang|relative|ft|bottom|side|sidebar|aside|foot|nav|navbar|menu|ads?|gg|banner|toolbar|tools?|pager|"
    r"pages|pagination|hot|rank|ranking|login|subscribe|disclaimer|statement|tags?|keywords?|popup|modal|dialog|guess|next|"
    r"prev|feedback|report|copy|safe)(?![a-z])"
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_ASIDE = frozenset({"footer", "nav", "aside"})
_INLINE = frozenset({"span", "a", "b", "i", "em", "strong", "code", "font", "u", "small", "img", "br", "time", "label"})
"""Within a line of text a name says how the words look, not what they are."""
_END = re.compile(
    r"[【\[（(★●\s]*(?:相关(?:阅读|新闻|推荐|文章|报道|链接|内容|资讯|话题|热词|附件)|推荐(?:阅读|文章|新闻|视频)|延伸阅读|"
    r"其他人也在看|为[你您]推荐|猜你喜欢|大家都[爱在]看|热门(?:评论|推荐|文章|新闻|阅读|排行)|热点(?:新闻|推荐|排行)|"
    r"精彩(?:评论|推荐|图片)|网友(?:评论|留言)|(?:全部|最新|我要|发表|更多)评论|更多(?:精彩|新闻)|责任编辑|责编|编辑[:：]|"
    r"原标题|版权声明|免责声明|特别声明|声明[:：]|阅读排行|新闻排行|上一篇|下一篇|扫一扫|打印本页|关闭窗口|分享到|返回搜狐)"
)


def noise_of(element: html.HtmlElement) -> int:
    """Return 2 for what is named a comment or a list, 1 for what may be aside of the article, 0 for the rest."""
    if element.tag in _INLINE:
        return 0
    if element.tag in _ASIDE:
        return 1
    if (weight := _weight(name_of(element))) == 0 and (style := element.get("style")) and _HIDDEN.search(style):
        return 1
    return weight


@lru_cache(maxsize=8_192)
def _weight(words: str) -> int:
    if _STRONG.search(words):
        return 2
    return 1 if _WEAK.search(words) else 0


def is_end_of_article(text: str) -> bool:
    """Whether these words stand behind an article: who edited it, what else to read, whose the rights are."""
    return _END.match(text) is not None
