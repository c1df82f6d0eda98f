"""The demo county's stream is deterministic, ordered, and true to what it says of itself."""

from datetime import datetime
from functools import cache
from itertools import islice
from random import Random

import pytest

from api.demo.county import county
from api.demo.matters import Matters, by_id
from api.demo.phrasebook import read_phrasebook
from api.demo.post import DemoPost
from api.demo.private import bank_card, id_card, phone
from api.demo.season import DAY
from api.demo.teller import Matter, Teller
from api.demo.venues import ALIVE
from pipeline.domain.errors import BadInput

START = 1_793_000_000_000


def told(seed: int = 7, days: float = 3, posts_per_day: float = 2000) -> tuple[DemoPost, ...]:
    return tuple(county(seed, days=days, posts_per_day=posts_per_day, start=START))


a_stream = cache(told)
"""A stream never changes, so most tests look at the same one."""


def test_the_same_seed_tells_the_same_story() -> None:
    """Demo, test and benchmark see the same county."""
    assert told(seed=3) == told(seed=3)


def test_another_seed_tells_another_story() -> None:
    """A seed is what makes counties differ."""
    assert [p.text for p in a_stream(seed=3)] != [p.text for p in a_stream(seed=4)]


def test_posts_appear_in_order_of_time_within_the_days_asked_for() -> None:
    """The stream can be served and replayed without sorting."""
    times = [post.appears_at for post in a_stream()]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < START + 3 * DAY


def test_a_key_is_used_again_only_by_an_edit() -> None:
    """A native id is one post; a second sight of it is a new version of it."""
    seen: dict[str, int] = {}
    for post in a_stream():
        assert post.truth.version == seen.get(post.key, -1) + 1
        seen[post.key] = post.truth.version


def test_planted_private_data_stand_where_the_truth_says() -> None:
    """Masking can be proven only if every planted span is exact."""
    planted = [(post, private) for post in a_stream() for private in post.truth.private]
    assert len(planted) > 50
    for post, private in planted:
        content = post.title if private.field == "title" else post.text
        assert content[private.start : private.end] == private.value


def test_the_stream_is_lazy() -> None:
    """A million posts are asked for without being made."""
    stream = county(1, days=10_000, posts_per_day=100_000, start=START)
    assert len(list(islice(stream, 10))) == 10


def test_a_county_without_posts_is_refused() -> None:
    """A wrong figure is named, not served as an empty county."""
    with pytest.raises(BadInput, match="above 0"):
        county(1, days=1, posts_per_day=0, start=START)


def test_most_of_the_county_talks_about_something_else() -> None:
    """An opinion monitor lives among traffic jams, lost cats and second-hand washing machines."""
    posts = a_stream(days=10)
    share = sum(post.truth.about for post in posts) / len(posts)
    assert 0.10 < share < 0.20


def test_most_matters_of_ours_are_a_single_post_and_some_have_many_posters() -> None:
    """Counting alone would miss nearly everything; grouping must find the rest."""
    posters: dict[str, set[str]] = {}
    for post in a_stream(days=20):
        if post.truth.about and post.parent is None and post.truth.repost_of is None and not post.truth.is_official:
            posters.setdefault(post.truth.matter, set()).add(post.poster)
    singles = sum(len(people) == 1 for people in posters.values())
    assert 0.7 < singles / len(posters) < 0.9
    assert sum(len(people) >= 3 for people in posters.values()) > 20
    assert max(len(people) for people in posters.values()) > 12


def test_the_stream_is_as_long_as_it_was_asked_to_be() -> None:
    """A benchmark of a million posts gets about a million."""
    assert len(a_stream(days=20)) == pytest.approx(40_000, rel=0.15)


def test_a_rumour_is_passed_on_in_every_way_and_cleared_up() -> None:
    """Reposts are verbatim, prefixed, cut short and quoted; the bureau answers with a clarification."""
    posts = a_stream(days=20)
    texts = {post.key: post.text for post in posts if post.truth.version == 0}
    copies = [(post.text, texts.get(post.truth.repost_of or "")) for post in posts if post.truth.is_rumour]
    known = [(copy, original) for copy, original in copies if original]
    assert any(copy == original for copy, original in known)
    assert any(copy != original and copy.endswith(original) for copy, original in known)
    assert any(copy[:20] == original[:20] and len(copy) < len(original) for copy, original in known)
    assert any(original in copy and "“" in copy for copy, original in known)
    assert any(post.truth.is_official and post.title.startswith("情况说明") for post in posts)


def test_funerals_are_talked_about_before_qingming() -> None:
    """A baseline that knows no calendar would raise alarms every April."""

    def funerals(start: str) -> int:
        at = int(datetime.fromisoformat(start).timestamp() * 1000)
        posts = county(5, days=4, posts_per_day=3000, start=at)
        return sum(post.truth.service_line == "殡葬服务" for post in posts)

    assert funerals("2026-03-31T00:00+08:00") > 2 * funerals("2026-06-01T00:00+08:00")


def test_a_pushed_clock_moves_the_story() -> None:
    """The start is an argument: the county can live today or in April."""
    later = list(county(7, days=1, posts_per_day=500, start=START + 30 * DAY))
    assert len(later) > 100
    assert all(START + 30 * DAY <= post.appears_at < START + 31 * DAY for post in later)


def test_every_kind_of_matter_can_be_told_in_every_venue() -> None:
    """A phrase that names another that does not exist would only show after weeks."""
    chance = Random(1).random
    book = read_phrasebook(chance)
    teller = Teller(book.grammar, chance)
    for template in book.matters:
        for source in ALIVE:
            told = teller.open(Matter("m1", template, chance()), source)
            assert told.title
            assert len(told.text) >= 10
            assert "{" not in told.title + told.text


def test_texts_are_not_trivially_alike() -> None:
    """A near-duplicate stage must not be flattered by a county that repeats itself."""
    firsts = [p.text for p in a_stream(days=5) if p.parent is None and not p.truth.repost_of and not p.truth.version]
    assert len(set(firsts)) > 0.97 * len(firsts)


def test_the_opening_holds_what_a_first_look_must_find() -> None:
    """By the moment of opening a grave claim, a plea and a matter of three people are there."""
    posts = list(county(7, days=4, posts_per_day=100, start=START, opening=START + 3 * DAY))
    before = [post for post in posts if post.appears_at <= START + 3 * DAY and post.parent is None]
    assert any(post.truth.grave for post in before)
    assert any(post.truth.need for post in before)
    canteen = {post.poster for post in before if post.truth.matter == "m1"}
    assert len(canteen) >= 3


def test_planted_numbers_can_belong_to_nobody() -> None:
    """Invented data must not be somebody's by accident."""
    chance = Random(3).random
    for _ in range(300):
        card, identity = bank_card(chance), id_card(chance)
        doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(card))]
        assert sum(sum(divmod(d, 10)) for d in doubled) % 10 != 0
        weights = [2**place % 11 for place in range(17, 0, -1)]
        check = sum(int(d) * w for d, w in zip(identity, weights, strict=False)) % 11
        assert identity[17] != "10X98765432"[check]
        assert len(phone(chance)) == 11


def test_a_complaint_about_conduct_names_the_office_complained_about() -> None:
    """Nobody may be shown a complaint about himself before a leader decided; the test needs to know whom."""
    about_conduct = [post for post in a_stream(days=20) if post.truth.conduct_of and not post.parent]
    assert about_conduct
    assert all(str(post.truth.conduct_of) in post.title + post.text for post in about_conduct)


def test_the_same_complaint_of_the_same_place_is_one_matter() -> None:
    """The truth must not part what a reader would hold to be one matter."""
    chance = Random(5).random
    book = read_phrasebook(chance)
    matters = Matters(Teller(book.grammar, chance), chance)
    kind = by_id(book.matters)["canteen-stopped"]
    begun = [matters.begin(kind, START + n) for n in range(200)]
    places = {matter.bound["canteen"] for matter, _ in begun}
    assert len({matter.id for matter, _ in begun}) == sum(is_new for _, is_new in begun) == len(places)
    assert matters.begin(kind, START + 30 * DAY)[1]


def test_a_big_stream_is_that_of_several_districts() -> None:
    """Names must not run out, or a benchmark would know only twenty care homes."""
    places = {p.truth.matter: p.title for p in a_stream(days=0.2, posts_per_day=60_000) if p.truth.about and p.title}
    assert len(set(places.values())) > 0.6 * len(places)
