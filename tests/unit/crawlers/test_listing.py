"""Lists and threads by the manifest's selectors."""

from crawlers.issues import Unexpected
from crawlers.manifest import SourceManifest
from crawlers.read_manifest import manifest_from_dict
from crawlers.spiders.listing import HtmlPage, ThreadPage, read_list, read_thread
from crawlers.visit import PageKind, Visit
from pipeline.domain.post import Kind
from tests.end_to_end.crawl_job import LIST, THREAD, a_source, floor, row

NOW = 1_795_000_000_000
BOARD = "http://127.0.0.1:8080/board/"


def manifest(**changes: object) -> SourceManifest:
    return manifest_from_dict(a_source(BOARD, **{"kind": "listing", "list": LIST, "thread": THREAD, **changes}))


def thread(text: str, page: int = 1, opener: str = "", **changes: object) -> ThreadPage:
    visit = Visit("yunxi-feed", PageKind.THREAD, f"{BOARD}t/9", page, thread="9", opener=opener)
    return read_thread(HtmlPage(text, f"{BOARD}t/9", "0" * 64, NOW), visit, manifest(**changes))


def listed(text: str, **changes: object) -> tuple[tuple[str, str, str], ...]:
    visit = Visit("yunxi-feed", PageKind.LIST, BOARD)
    seen = read_list(HtmlPage(text, BOARD, "0" * 64, NOW), visit, manifest(**changes))
    return tuple((each.address.removeprefix(BOARD), each.thread, each.mark) for each in seen.sightings)


def test_a_list_gives_each_thread_once_with_its_id_and_mark() -> None:
    """The mark changes when the thread grows; a thread may be pinned and listed again."""
    assert listed(row(1, 5) + row(2, 0) + row(1, 5)) == (("t/1", "1", "5/"), ("t/2", "2", "0/"))


def test_a_time_of_the_last_reply_counts_only_where_it_is_exact() -> None:
    """「5 分钟前」 changes by itself and would have every thread read again each time."""
    selectors = LIST | {"last_reply": ".last::text"}
    exact = '<li class="t"><a href="t/1">低</a><i class="last">2026-11-20 09:00</i></li>'
    relative = '<li class="t"><a href="t/2">保</a><i class="last">5 分钟前</i></li>'

    assert [mark for *_, mark in listed(exact + relative, list=selectors)] == ["/1795136400000", "/"]


def test_links_to_other_hosts_and_other_schemes_are_no_threads() -> None:
    """Advertisements stand between the threads of many forums."""
    strange = ("https://ads.example/1", "javascript:void(0)", "mailto:a@b.example", "", "http://[")
    rows = "".join(f'<li class="t"><a href="{address}">x</a></li>' for address in strange)

    assert listed(rows) == ()


def test_the_first_post_is_the_thread_and_the_others_are_replies_to_it() -> None:
    """Ids, title, times and text; the poster only goes along for its token."""
    page = thread(f"<h1>低保问题</h1>{floor(91, '什么时候发')}{floor(92, '<p>同问</p>')}")
    first, second = page.posts

    assert (first.native_id, first.title, first.text, first.kind) == ("91", "低保问题", "什么时候发", Kind.POST)
    assert (second.native_id, second.title, second.parent, second.kind) == ("92", "", "91", Kind.REPLY)
    assert first.address == f"{BOARD}t/9"
    assert first.published_at == 1_795_136_400_000
    assert first.poster == "溪边草"
    assert page.opener == "91"


def test_what_the_page_marks_as_the_offices_answer_is_no_reply_of_a_reader() -> None:
    """By a selector of the manifest, never by its words: whoever quotes an answer is no office."""
    answer = "<div class='p official'><div class='x'>官方回复：已补发</div></div>"
    quoted = floor(92, "官方回复：已补发。可是没有！")
    posts = thread(f"{floor(91, '什么时候发')}{answer}{quoted}{answer}", thread=THREAD | {"answer": ".official"}).posts

    assert [post.kind for post in posts] == [Kind.POST, Kind.ANSWER, Kind.REPLY, Kind.ANSWER]
    assert [post.parent for post in posts] == [None, "91", "91", "91"]
    assert [post.native_id for post in posts] == ["91", "9#answer-1-1", "92", "9#answer-1-3"]


def test_replies_on_a_later_page_name_the_first_post_of_the_first_page() -> None:
    """The frontier remembers it."""
    page = thread(floor(93, "第二页"), page=2, opener="91")

    assert [(post.kind, post.parent) for post in page.posts] == [(Kind.REPLY, "91")]


def test_without_ids_on_the_page_thread_and_floor_make_them() -> None:
    """The list's id is the first post's; a floor is its place below."""
    selectors = {"post": ".p", "text": ".x", "floor": ".f::text"}
    posts = thread(floor(1, "一", mark="1#") + floor(2, "二", mark="2#"), thread=selectors).posts

    assert [post.native_id for post in posts] == ["9", "9#2#"]


def test_a_reply_without_any_id_has_no_address_either() -> None:
    """Its page's address would make it the thread; its id comes from its text."""
    posts = thread(floor(1, "一") + floor(2, "二"), thread={"post": ".p", "text": ".x"}).posts

    assert [(post.native_id, post.address) for post in posts] == [("9", f"{BOARD}t/9"), (None, None)]


def test_a_floor_without_text_is_left_out_and_said() -> None:
    """Pictures only, or 「该楼层已被删除」 behind a script."""
    page = thread(floor(1, "一") + floor(2, ""))

    assert len(page.posts) == 1
    assert Unexpected.WITHOUT_TEXT in dict(page.problems)


def test_the_next_page_must_be_another_page_of_the_same_site() -> None:
    """A pager that points at itself or at an advertisement ends the walk."""
    assert thread(f"{floor(1, '一')}<a class='next' href='?page=2'>下一页</a>").next_page == f"{BOARD}t/9?page=2"
    for address in ("", "#", "9", "https://ads.example/2", "javascript:next()"):
        assert thread(f"{floor(1, '一')}<a class='next' href='{address}'>下一页</a>").next_page is None
