"""How a post stands in one document of Elasticsearch."""

from dataclasses import replace

import pytest

from pipeline.adapters.elastic.families import FAMILIES
from pipeline.adapters.elastic.post_document import arrival, as_arrived, post_document, stored_post, what_is_left
from pipeline.adapters.elastic.spaced import can_be_asked, spaced
from pipeline.domain.local_day import day_of
from tests.stored import DAY, MONDAY, OTHER, SECOND, UNIT, a_full_post, a_post


def test_a_stored_post_comes_back_with_all_its_versions() -> None:
    """Versions, place in time, reach and the time since when it is gone survive."""
    stored = replace(
        as_arrived(a_full_post(), arrival(5, 2)),
        older=(a_post(7, "先前的说法"),),
        reach={UNIT: (20_486, "社会救助"), OTHER: (20_486, "")},
        gone_at=MONDAY + DAY,
    )
    assert stored_post(post_document(stored)) == stored


def test_every_field_of_the_document_is_mapped() -> None:
    """The mapping is strict: what it does not name would be refused."""
    (family,) = [each for each in FAMILIES if each.name == "posts"]
    document = post_document(replace(as_arrived(a_full_post(), 1), gone_at=MONDAY, reach={UNIT: (1, "养老服务")}))
    assert document.keys() == family.fields.keys()


def test_the_place_in_time_is_that_of_the_first_version() -> None:
    """The second and the day at which it spoke; what was published before 1970 stands at the beginning."""
    post = a_post(published_at=MONDAY - DAY + 7)
    first = as_arrived(post, 3)
    assert (first.second, first.day, first.arrival) == ((MONDAY - DAY) // SECOND, day_of(MONDAY - DAY), 3)
    assert as_arrived(a_post(published_at=-5_000), 1).second == 0


def test_a_later_step_arrives_later() -> None:
    """Whatever the number within the step."""
    assert arrival(1, 999) < arrival(2, 0) < arrival(2, 1)


def test_an_erased_post_has_no_words() -> None:
    """Neither in the fields that search reads nor in those that are kept."""
    post = replace(a_full_post(), version="v1")
    left = replace(as_arrived(what_is_left(post), 1), is_erased=True)
    document = post_document(left)
    assert document.keys().isdisjoint({"title_words", "text_words"})
    assert all(said not in str(document) for said in (post.text, post.title, post.salt, "forum.example", "督查室"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("低保", "低 保"),
        ("A b", "a ␣ b"),
        ("１２、", "１ ２ 、"),
        ("𠮷\u200d👍🏽", "𠮷 \u200d 👍 🏽"),
        ("一\u3000二\u00a0三\n四\x00", "一 ␣ 二 ␣ 三 ␣ 四 ␣"),
    ],
)
def test_each_code_point_is_a_token_of_its_own(text: str, words: str) -> None:
    """Folded first; white space of any kind and control characters are one visible sign each."""
    assert spaced(text) == words


def test_what_no_text_can_hold_is_not_asked() -> None:
    """Nothing, and half of a character."""
    assert [can_be_asked(term) for term in ("低", "𠮷", "", "\ud842")] == [True, True, False, False]
