"""Which posts of a batch are new, which are edits, which say nothing new; the first id stays."""

from pipeline.ports import Head
from pipeline.stages.arrivals import keys_of, sort_arrivals
from tests.builders import MONDAY, a_post


def test_an_unknown_post_is_new() -> None:
    """It keeps the id that intake gave it."""
    (arrival,) = sort_arrivals([a_post(1, "养老院")], {}, frozenset())

    assert not arrival.is_edit
    assert arrival.post.id == a_post(1, "养老院").id


def test_the_newest_version_again_is_left_out() -> None:
    """A page that was fetched twice says nothing new."""
    post = a_post(1, "养老院")
    known = {post.heads[0]: Head(post.id, MONDAY, post.version)}

    assert sort_arrivals([post], known, frozenset()) == []
    assert len(sort_arrivals([post, post], {}, frozenset())) == 1


def test_another_text_under_a_known_key_is_an_edit() -> None:
    """It has the id of first sight and a version of its own."""
    post = a_post(1, "养老院涨价")
    known = {post.heads[0]: Head("the-first-id", MONDAY, "an-older-version")}
    (arrival,) = sort_arrivals([post], known, frozenset())

    assert arrival.is_edit
    assert arrival.post.id == "the-first-id"


def test_the_first_id_stays_when_a_post_is_found_under_another_key() -> None:
    """A better canonicaliser gives another address, and the native id still leads to the first id."""
    post = a_post(1, "养老院", heads=("new-address", "native"))
    (arrival,) = sort_arrivals([post], {"native": Head("first", MONDAY, "old")}, frozenset())

    assert arrival.post.id == "first"


def test_two_posts_of_one_batch_that_share_a_key_are_one_post() -> None:
    """The second is an edit of the first, before any of them is stored."""
    first = a_post(1, "养老院", heads=("a", "shared"))
    second = a_post(2, "养老院涨价", heads=("b", "shared"))
    arrivals = sort_arrivals([first, second], {}, frozenset())

    assert [arrival.post.id for arrival in arrivals] == [first.id, first.id]
    assert arrivals[1].is_edit


def test_an_erased_post_does_not_come_back() -> None:
    """Neither under its id nor under one of its keys."""
    post = a_post(1, "养老院", heads=("a", "b"))

    assert sort_arrivals([post], {}, frozenset({"b"})) == []
    assert sort_arrivals([post], {"a": Head("first", MONDAY, "v")}, frozenset({"first"})) == []


def test_the_thread_of_a_reply_is_the_parents_first_id() -> None:
    """The parent may have been met under another key."""
    reply = a_post(2, "我也是", thread="parent-key")
    (arrival,) = sort_arrivals([reply], {"parent-key": Head("parent", MONDAY, "v")}, frozenset())

    assert arrival.post.thread == "parent"
    assert keys_of([reply]) == {reply.heads[0], "parent-key"}


def test_an_older_version_that_is_delivered_again_is_no_edit_back() -> None:
    """The bus may hold a slice twice after a kill: first, edit, first, edit. The post stays as it was edited."""
    first, edit = a_post(1, "养老院的饭是凉的"), a_post(1, "（已解决）", at=MONDAY + 60_000)
    again = sort_arrivals([first, edit, first, edit], {}, frozenset())
    known = {first.heads[0]: Head(first.id, MONDAY, edit.version)}
    later = sort_arrivals([first, edit], known, frozenset(), {first.id: edit.collected_at})

    assert [each.is_old for each in again] == [False, False, True]
    assert [each.is_old for each in later] == [True]
