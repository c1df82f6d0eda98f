"""A try in words, line by line, as the terminal prints it; pages say the same with the same words."""

from collections.abc import Callable, Iterator

from api.plain_text import plain
from api.words import Words
from pipeline.domain.post import Millis

from .tried import RobotsLine, ShownPost, Tried

_LONGEST = 200


def lines_of(tried: Tried, words: Words, at: Callable[[Millis], str]) -> Iterator[str]:
    """Yield what is told of a try: where it led, robots.txt, the guess, the posts, and what cannot be seen."""
    yield f"{words('source_try.asked')}：{tried.asked}"
    for address, status in tried.hops:
        yield "  " + words("source_try.leads_to", address=address, status=status)
    if tried.is_local:
        yield "  " + words("source_try.local")
    if tried.decided is not None:
        yield f"{words('source_try.robots')}：{robots_said(tried.decided, words)}"
    if tried.why:
        yield from _trouble(tried, words)
    else:
        yield from _proposal(tried, words, at)
    yield words("source_try.requests", count=tried.requests)


def why_said(tried: Tried, words: Words) -> str:
    """Return cause, next step and code of a try that came to nothing."""
    cause = words(f"source_try.why_{tried.why}", said=tried.said)
    return f"{cause}。{words(f'source_try.next_{tried.why}')} [{tried.code}]"


def robots_said(line: RobotsLine, words: Words) -> str:
    """Return what a robots.txt said to an address, with the line that decided."""
    if not line.is_reachable:
        key = "robots_silent"
    elif not line.is_allowed:
        key = "robots_forbids" if line.rule else "robots_forbids_unknown"
    elif line.rule:
        key = "robots_allows_line"
    else:
        key = "robots_allows" if line.status < 300 else "robots_none"
    return words(f"source_try.{key}", robots=line.robots, number=line.number, rule=line.rule, status=line.status)


def _trouble(tried: Tried, words: Words) -> Iterator[str]:
    yield why_said(tried, words)
    if tried.choices:
        yield words("source_try.choices")
        yield from (f"  {plain(choice.name)}  {choice.address}" for choice in tried.choices)


def _proposal(tried: Tried, words: Words, at: Callable[[Millis], str]) -> Iterator[str]:
    say = words.texts
    yield f"{say['source_try.kind']}：{words(f'source_try.kind_{tried.kind}')}"
    yield f"{say['source_try.sure']}：{words(f'source_try.sure_{tried.sure}')}"
    yield f"{say['source_try.read_as']}：{tried.address}"
    minutes, pace = tried.manifest["every_minutes"], tried.manifest["pace_seconds"]
    yield f"{say['source_try.pace']}：{words('source_try.pace_said', minutes=minutes, pace=f'{pace:g}')}"
    yield f"{say['source_try.unseen']}："
    unseen = [words(f"source_try.unseen_{each}") for each in tried.unseen]
    yield from (f"  · {each}" for each in unseen or [say["source_try.unseen_nothing"]])
    yield words("source_try.posts", count=len(tried.posts))
    for number, post in enumerate(tried.posts, start=1):
        yield from _post(number, post, words, at)


def _post(number: int, post: ShownPost, words: Words, at: Callable[[Millis], str]) -> Iterator[str]:
    time = words("source_try.no_time") if post.published_at is None else at(post.published_at)
    title = plain(post.title) or words("source_try.no_title")
    yield f"{number}. [{words(f'source_try.post_{post.kind}')}] {title}  {time}"
    if post.text:
        yield f"   {plain(' '.join(post.text.split())[:_LONGEST])}"
    if post.address or post.is_sealed:
        yield f"   {post.address or words('source_try.sealed')}"
