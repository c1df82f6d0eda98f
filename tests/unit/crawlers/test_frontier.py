"""The frontier: nothing lost when a process dies, nothing asked for without a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.frontier import KEPT_FOR, RETRY_AFTER, Frontier, ListSeen, Sighting
from crawlers.visit import PageKind, Visit
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import RawPost

HOUR = 3_600_000
NOW = 1_795_000_000_000
SOURCE = "yunxi-forum"


class Plain:
    """Addresses that name nobody."""

    def key_of(self, source: str, address: str) -> str:
        return f"{source} {address}"

    def kept(self, source: str, address: str) -> str:
        return address

    def opened(self, kept: str) -> str:
        return kept


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "frontier.db"


@pytest.fixture
def frontier(file: Path) -> Iterator[Frontier]:
    opened = Frontier(file, Plain(), epoch="s1", now=NOW)
    yield opened
    opened.close()


def sees(frontier: Frontier, *threads: tuple[str, str], page: int = 1, more: bool = False, now: int = NOW) -> int:
    """Let the frontier read a list page with these (address, mark)."""
    sightings = tuple(Sighting(address, address, mark) for address, mark in threads)
    following = f"list?page={page + 1}" if more else None
    return frontier.read_list(ListSeen(SOURCE, page, sightings, following), revisit=24 * HOUR, depth=5, now=now)


def takes(frontier: Frontier, now: int = NOW) -> Visit:
    visit = frontier.take(SOURCE, now)
    assert visit is not None
    return visit


def reads(frontier: Frontier, *pages: str) -> Visit:
    """Take a thread and finish its pages, the given ones after the first."""
    visit = takes(frontier)
    for address in pages:
        frontier.finish(visit, (), address, opener="o1")
        visit = takes(frontier)
    frontier.finish(visit, (), None, opener="o1")
    return visit


def test_a_new_thread_is_asked_for_once(frontier: Frontier) -> None:
    """Taken, finished, and not taken again while the list shows the same."""
    assert sees(frontier, ("t1", "0")) == 1
    reads(frontier)

    assert sees(frontier, ("t1", "0")) == 0
    assert frontier.take(SOURCE, NOW) is None


def test_a_thread_goes_from_page_to_page_and_remembers_its_first_post(frontier: Frontier) -> None:
    """Each page is durable before it is asked for."""
    sees(frontier, ("t1", "0"))
    frontier.finish(takes(frontier), (), "t1?page=2", opener="91")
    second = takes(frontier)

    assert (second.address, second.page, second.opener) == ("t1?page=2", 2, "91")


def test_a_thread_that_has_grown_is_read_from_its_last_page(frontier: Frontier) -> None:
    """The pages before it were read already."""
    sees(frontier, ("t1", "12"))
    reads(frontier, "t1?page=2")

    assert sees(frontier, ("t1", "13")) == 1
    assert (takes(frontier).address, frontier.waiting(SOURCE, NOW)) == ("t1?page=2", 1)


def test_a_thread_that_was_not_read_for_long_is_read_from_its_first_page(frontier: Frontier) -> None:
    """Silent edits show in no count."""
    sees(frontier, ("t1", "12"))
    reads(frontier, "t1?page=2")

    assert sees(frontier, ("t1", "12"), now=NOW + 24 * HOUR) == 1
    assert takes(frontier, NOW + 24 * HOUR).address == "t1"


def test_a_thread_that_grew_while_it_was_read_is_read_again(frontier: Frontier) -> None:
    """What counts is the mark under which its reading began."""
    sees(frontier, ("t1", "0"))
    visit = takes(frontier)
    sees(frontier, ("t1", "1"))
    frontier.finish(visit, (), None, opener="91")

    assert sees(frontier, ("t1", "1")) == 1


def test_what_a_dead_process_was_fetching_is_asked_for_again(frontier: Frontier, file: Path) -> None:
    """A new process finds the page pending, and only that one."""
    sees(frontier, ("t1", "0"), ("t2", "0"))
    reads(frontier)
    lost = takes(frontier)
    frontier.close()
    again = Frontier(file, Plain(), epoch="s1", now=NOW)

    found = again.take(SOURCE, NOW)
    assert found is not None
    assert found.address == lost.address
    assert again.take(SOURCE, NOW) is None
    again.close()


def test_the_list_is_walked_on_while_it_shows_something_new(frontier: Frontier) -> None:
    """The next page waits behind the threads; a page without news ends the walk."""
    sees(frontier, ("t1", "0"), more=True)
    reads(frontier)
    second = takes(frontier)
    assert (second.kind, second.page) == (PageKind.LIST, 2)

    sees(frontier, ("t1", "0"), page=2, more=True)
    assert frontier.take(SOURCE, NOW) is None


def test_a_walk_that_was_cut_off_goes_on_behind_pages_without_news(frontier: Frontier) -> None:
    """Else a kill after page 1 would hide for ever what stands on page 3."""
    sees(frontier, ("t1", "0"), more=True)
    sees(frontier, ("t2", "0"), page=2, more=True)
    for _ in range(2):
        reads(frontier)

    sees(frontier, ("t1", "0"), more=True)
    assert takes(frontier).page == 2
    sees(frontier, ("t2", "0"), page=2, more=True)
    assert takes(frontier).page == 3


def test_a_list_is_walked_to_its_depth_and_no_further(frontier: Frontier) -> None:
    """A forum has a past of thousands of pages."""
    for page in range(1, 6):
        sees(frontier, (f"t{page}", "0"), page=page, more=True)

    assert frontier.waiting(SOURCE, NOW) == 5
    assert {takes(frontier).kind for _ in range(5)} == {PageKind.THREAD}
    assert frontier.take(SOURCE, NOW) is None


def test_a_page_that_failed_waits_longer_each_time(frontier: Frontier) -> None:
    """Ten minutes, twenty, and so on."""
    sees(frontier, ("t1", "0"))
    frontier.fail(takes(frontier), is_gone=False, now=NOW)
    assert frontier.take(SOURCE, NOW + RETRY_AFTER - 1) is None
    frontier.fail(takes(frontier, NOW + RETRY_AFTER), is_gone=False, now=NOW)

    assert frontier.take(SOURCE, NOW + 2 * RETRY_AFTER - 1) is None
    assert takes(frontier, NOW + 2 * RETRY_AFTER).address == "t1"


def test_a_page_that_was_not_asked_for_after_all_comes_next(frontier: Frontier) -> None:
    """It did not fail and does not wait."""
    sees(frontier, ("t1", "0"))
    frontier.put_back(takes(frontier))

    assert takes(frontier).address == "t1"


def test_a_thread_that_is_gone_is_asked_for_only_when_the_list_shows_a_change(frontier: Frontier) -> None:
    """Deleted and under review look the same."""
    sees(frontier, ("t1", "0"))
    frontier.fail(takes(frontier), is_gone=True, now=NOW)

    assert sees(frontier, ("t1", "0")) == 0
    assert sees(frontier, ("t1", "1")) == 1


def test_only_a_thread_that_was_read_before_can_be_missed(frontier: Frontier) -> None:
    """A dead link that was never read is nothing new."""
    sees(frontier, ("t1", "0"))
    first = takes(frontier)
    assert not frontier.was_read(first)
    frontier.fail(first, is_gone=True, now=NOW)
    sees(frontier, ("t1", "1"))
    again = takes(frontier)
    assert not frontier.was_read(again)
    frontier.finish(again, (), None, opener="o1")
    assert frontier.was_read(again)


def test_a_missed_page_is_asked_for_again_and_not_earlier(frontier: Frontier) -> None:
    """Also where no list shows it any more."""
    sees(frontier, ("t1", "0"))
    frontier.ask_again(takes(frontier), NOW + HOUR)

    assert frontier.take(SOURCE, NOW + HOUR - 1) is None
    assert takes(frontier, NOW + HOUR).address == "t1"


def test_only_new_and_edited_posts_are_handed_on(frontier: Frontier) -> None:
    """Known are those that were finished, not those that were read."""
    posts = [RawPost(SOURCE, "低保", native_id="1"), RawPost(SOURCE, "养老", native_id="2")]
    visit = Visit(SOURCE, PageKind.FEED, "feed")
    assert len(frontier.unseen(SOURCE, posts)) == 2
    frontier.finish(visit, posts, None, opener="")

    edited = RawPost(SOURCE, "低保（已解决）", native_id="1")
    assert frontier.unseen(SOURCE, [*posts, edited]) == (edited,)


def test_with_another_stream_everything_is_read_again(frontier: Frontier, file: Path) -> None:
    """A restored store may lack what was published before."""
    sees(frontier, ("t1", "0"))
    post = RawPost(SOURCE, "低保", native_id="1")
    frontier.finish(takes(frontier), (post,), None, opener="1")
    frontier.close()
    again = Frontier(file, Plain(), epoch="s2", now=NOW)

    assert again.unseen(SOURCE, (post,)) == (post,)
    assert again.take(SOURCE, NOW) is not None
    again.close()


def test_what_was_not_shown_for_long_is_forgotten(frontier: Frontier, file: Path) -> None:
    """The file does not grow for ever."""
    sees(frontier, ("t1", "0"))
    reads(frontier)
    frontier.close()
    later = Frontier(file, Plain(), epoch="s1", now=NOW + KEPT_FOR + 1)

    assert sees(later, ("t1", "0")) == 1
    later.close()


def test_a_second_process_is_refused(frontier: Frontier, file: Path) -> None:
    """Two crawls would ask a host twice as fast."""
    sees(frontier, ("t1", "0"))
    with pytest.raises(StoreUnavailable, match="another crawl"):
        Frontier(file, Plain(), epoch="s1", now=NOW)


def test_a_damaged_file_is_a_clear_error(file: Path) -> None:
    """Not a stack trace of SQLite."""
    file.write_bytes(b"this is no database, and long enough to be looked at" * 50)
    with pytest.raises(StoreUnavailable, match="SRC-401"):
        Frontier(file, Plain(), epoch="s1", now=NOW)


def test_texts_and_ids_do_not_lie_in_the_file(frontier: Frontier, file: Path) -> None:
    """Posts are known by keyed hashes only."""
    post = RawPost(SOURCE, "低保问题", native_id="id-77")
    frontier.finish(Visit(SOURCE, PageKind.FEED, "f"), [post], None, opener="")
    frontier.close()

    data = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert "低保问题".encode() not in data
    assert b"id-77" not in data
