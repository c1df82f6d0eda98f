"""The score of a run on the demo county says what was found, what was missed, and what was made up."""

from dataclasses import replace

from api.demo.county import county
from api.demo.post import DemoPost, Truth
from api.demo.season import DAY
from api.demo.truth import Found, Raised, deserved_alerts, planted_values, recognise, score
from api.demo.venues import FORUM, MESSAGES
from pipeline.domain.masking import mask

START = 1_793_000_000_000


def a_post(number: int, matter: str, poster: str, *, source: str = FORUM, about: bool = True) -> DemoPost:
    truth = Truth(matter, about=about)
    path = f"/forum/thread-{number}-1-1.html"
    at = START + number
    text = f"{matter}说{number}"
    return DemoPost(source, str(number), path, "题", text, at, at, poster, truth)


def stored(post: DemoPost, group: str | None) -> Found:
    return Found(f"p{post.native_id}", post.source, mask(post.title), mask(post.text), post.published_at, group)


def test_a_perfect_run_scores_everything() -> None:
    """Where all is found, grouped and alerted, nothing is missing."""
    served = [a_post(n, "m1", f"溪友{n}") for n in range(3)] + [a_post(9, "m2", "溪友9", about=False)]
    found = [stored(post, "g1" if post.truth.about else None) for post in served]
    result = score(found, [Raised("new_matter", START, ("p0", "p1", "p2"))], served)
    shares = (result.posts, result.ours, result.grouped_right, result.matters, result.alerts, result.alerts_right)
    assert [share.ratio for share in shares] == [1.0] * 6
    assert result.unknown == 0


def test_what_is_missed_and_what_is_made_up_both_count() -> None:
    """A run that finds half and invents a post does not look good."""
    served = [a_post(n, "m1", f"溪友{n}") for n in range(4)]
    found = [stored(post, None) for post in served[:2]]
    found.append(Found("x", FORUM, "题", "从未发布", START, "g9"))
    result = score(found, [Raised("new_matter", START, ("x",))], served)
    assert (result.posts.hit, result.posts.of, result.unknown) == (2, 4, 1)
    assert (result.matters.hit, result.alerts.hit, result.alerts_right.hit) == (0, 0, 0)


def test_a_matter_that_is_mixed_with_another_is_not_found() -> None:
    """One group for everything finds nothing."""
    served = [a_post(n, f"m{n % 2}", f"溪友{n}") for n in range(6)]
    result = score([stored(post, "g1") for post in served], [], served)
    assert (result.matters.hit, result.matters.of) == (0, 2)


def test_a_masked_text_is_recognised_and_another_one_is_not() -> None:
    """A star stands for one code point of the original, never for another text."""
    post = replace(a_post(1, "m1", "溪友1"), text="我叫周桂芳，电话15412345678。")
    masked = stored(post, None)
    assert "周桂芳" not in masked.text
    assert recognise([masked], [post])["p1"] is post
    assert recognise([replace(masked, text=masked.text.replace("电话", "手机"))], [post]) == {}


def test_what_deserves_an_alert() -> None:
    """A grave claim, a message to the unit, three posts of two people; not three posts of one, not what is not ours."""
    grave = replace(a_post(0, "grave", "溪友1"), truth=Truth("grave", about=True, grave=True))
    crowd = [a_post(n, "crowd", f"溪友{n % 2}") for n in range(1, 4)]
    loner = [a_post(n, "loner", "溪友1") for n in range(4, 8)]
    other = [a_post(n, "other", f"溪友{n}", about=False) for n in range(8, 12)]
    message = a_post(12, "message", "溪友1", source=MESSAGES)
    told = a_post(13, "told", "溪友1")
    helped = [replace(a_post(n, "told", f"溪友{n}"), parent="13") for n in range(14, 18)]
    deserved = deserved_alerts([grave, *crowd, *loner, *other, message, told, *helped])
    assert deserved == {"grave": START, "crowd": START + 3, "message": START + 12}


def test_the_masker_leaves_nothing_of_what_the_county_plants() -> None:
    """From end to end no author, number or name survives; this is the same proof on the text alone."""
    posts = list(county(11, days=10, posts_per_day=2000, start=START))
    assert len(planted_values(posts)) > 3000
    for post in posts:
        for private in post.truth.private:
            content = mask(post.title if private.field == "title" else post.text)
            assert content[private.start : private.end] != private.value


def test_a_real_stream_can_be_scored_against_itself() -> None:
    """Every post of the county is recognised under its mask, chatter of the same second too."""
    posts = list(county(5, days=2, posts_per_day=3000, start=START))
    found = [Found(f"{p.key}/{p.truth.version}", p.source, mask(p.title), mask(p.text), p.published_at) for p in posts]
    assert len(recognise(found, posts)) == len(posts)
    assert posts[-1].appears_at < START + 2 * DAY
