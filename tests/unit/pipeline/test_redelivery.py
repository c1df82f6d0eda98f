"""What was known before posts that come again: what a commit that was cut had stored of them is not taken for known."""

from dataclasses import replace

from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.ports import Head, Work
from pipeline.redelivery import NO_VERSION, as_before
from pipeline.stages.arrivals import keys_of, sort_arrivals
from tests.builders import HOUR, MONDAY, a_post

POST = a_post("7", "柳湾养老院停了三天热水", at=MONDAY)
EDIT = replace(a_post("7", "柳湾养老院停了五天热水", at=MONDAY + HOUR), salt=POST.salt)


def test_a_head_whose_text_was_never_stored_knows_nothing() -> None:
    """A commit was cut between the head and the post: the post is new when it comes again, and is stored."""
    heads = {key: Head(POST.id, POST.collected_at, POST.version, ()) for key in POST.heads}
    before, newest_at = as_before(heads, [POST], MemoryPostStore())

    assert {head.newest for head in before.values()} == {NO_VERSION}
    assert [each.post for each in sort_arrivals([POST], before, frozenset(), newest_at)] == [POST]


def test_a_head_that_is_ahead_of_its_texts_knows_the_older_one() -> None:
    """The edit's head was written, its text was not: it is an edit when it comes again."""
    store = MemoryPostStore()
    store.commit(Work([POST], (), (), None))
    heads = {key: replace(head, newest=EDIT.version) for key, head in store.heads(keys_of([EDIT])).items()}
    before, newest_at = as_before(heads, [EDIT], store)

    assert {head.newest for head in before.values()} == {POST.version}
    assert [each.is_edit for each in sort_arrivals([EDIT], before, frozenset(), newest_at)] == [True]


def test_a_text_that_was_dropped_is_known_for_other_records() -> None:
    """What these records do not bring cannot have been cut with them."""
    heads = {key: Head(POST.id, POST.collected_at, POST.version, ()) for key in POST.heads}
    assert as_before(heads, [EDIT], MemoryPostStore()) == (heads, {})
