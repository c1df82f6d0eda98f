"""
How well pages are read: headline, publish time, body, charset, speed, on real Chinese pages with reference answers.

    python bench/extract_quality.py [--wrong] [--slow]

Reads pages/zh under HUIYIN_SHARED_DATA (SOURCE.txt there says where the pages and answers come from). Bodies are scored
by the overlap of 4-grams over Hanzi and latin words, mean of pages. A forum's reference holds all posts, so replies
count there. The rules were made with these pages at hand: on others expect less. The best peers' figures, measured once
on 168 pages of the same origin, stand behind ours; where trafilatura is installed it reads the same pages in this run.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.recorded_site import SHARED
from crawlers.charset import decode_page
from crawlers.extract import CHINA, Page, extract_page
from pipeline.domain.errors import BadInput

FOLDER = SHARED / "pages" / "zh"
_TOKEN = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+")
_META = re.compile(r"<meta[^>]{0,200}charset[^>]{0,80}>", re.IGNORECASE)
_HANZI = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Case:
    """A page with its reference answers, and what was read of it in how many CPU seconds."""

    id: str
    kind: str
    body: str
    gold: Mapping[str, Any]
    page: Page
    seconds: float


def cases() -> list[Case]:
    """Return all pages, read. A page that is refused counts as one of which nothing was read."""
    golds = json.loads((FOLDER / "gold.json").read_text(encoding="utf-8"))
    found = []
    for entry in json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8")):
        raw = bytes_of(entry["id"])
        began = time.process_time()
        try:
            page = extract_page(raw, entry["url"] or "http://pages.invalid/")
        except BadInput:
            page = Page("", "", None, "")
        spent = time.process_time() - began
        found.append(Case(entry["id"], entry["kind"], entry["body"] or "", golds.get(entry["id"]) or {}, page, spent))
    return found


def bytes_of(name: str) -> bytes:
    return (FOLDER / "html" / f"{name}.html").read_bytes()


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the 4-grams of a text's tokens."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3))) if tokens else Counter()


def overlap(said: str, meant: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a text against its reference."""
    ours, theirs = grams(said), grams(meant)
    both = sum((ours & theirs).values())
    precision = both / sum(ours.values()) if ours else 0.0
    recall = both / sum(theirs.values()) if theirs else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def headlines(read: Sequence[Case], *, wrong: bool) -> None:
    """Print how many headlines are right, without regard to spaces."""
    known = [case for case in read if case.gold.get("title")]
    right = [case for case in known if bare(case.page.title) == bare(case.gold["title"])]
    held = sum(bare(case.gold["title"]) in bare(case.page.title) for case in known)
    print(f"headline exact    {share(len(right), len(known))}  contained {held}   (best peer .933)")
    if wrong:
        for case in known:
            if case not in right:
                print(f"    {case.id}: {case.page.title} | {case.gold['title']}")


def times(read: Sequence[Case], *, wrong: bool) -> None:
    """Print how many days and minutes are right; a second time that the page states itself is right too."""
    known = [case for case in read if case.gold.get("time")]
    meant = {case.id: [case.gold["time"], *(case.gold.get("alt") or [])] for case in known}
    said = {case.id: stated(case.page.published_at) for case in known}
    days = [case for case in known if any(said[case.id][:10] == time[:10] for time in meant[case.id])]
    to_minute = [case for case in known if any(len(time) > 10 for time in meant[case.id])]
    minutes = [case for case in to_minute if said[case.id] in meant[case.id]]
    wrong_days = sum(1 for case in known if case not in days and said[case.id])
    none = len(known) - len(days) - wrong_days
    print(f"publish day       {share(len(days), len(known))}  wrong {wrong_days}, none {none}   (best peer .946)")
    print(f"publish minute    {share(len(minutes), len(to_minute))}   (best peer .793)")
    forum = [case for case in to_minute if case.kind == "forum"]
    print(f"  of forum pages  {share(sum(case in minutes for case in forum), len(forum))}   (best peer .706)")
    if wrong:
        for case in known:
            if case not in days or (case in to_minute and case not in minutes):
                print(f"    {case.id}: {said[case.id] or 'none'} | {', '.join(meant[case.id])}")


def bodies(read: Sequence[Case], *, wrong: bool) -> None:
    """Print how well bodies are read, articles and forum pages apart."""
    for kind, peer in (("article", ".954"), ("forum", ".760")):
        known = [case for case in read if case.kind == kind and case.body]
        scores = {case.id: overlap(words(case), case.body) for case in known}
        mean = [sum(column) / len(known) for column in zip(*scores.values(), strict=True)]
        lost = sum(score[2] < 0.1 for score in scores.values())
        good = sum(score[2] >= 0.9 for score in scores.values())
        print(
            f"{kind + ' body F1':<18}{mean[2]:.3f}  P {mean[0]:.3f} R {mean[1]:.3f}, "
            f"F1 ≥ .9 on {good} of {len(known)}, lost {lost}   (best peer {peer})"
        )
        if wrong:
            for name, score in sorted(scores.items(), key=lambda item: item[1][2])[:6]:
                print(f"    {name}: P {score[0]:.3f} R {score[1]:.3f} F1 {score[2]:.3f}")


def words(case: Case) -> str:
    """Return what is scored: of a forum page the first post and the replies."""
    replies = [reply.text for reply in case.page.replies] if case.kind == "forum" else []
    return "\n".join([case.page.text, *replies])


def charsets(names: Sequence[str]) -> None:
    """Print for five cases how many pages are read with every Hanzi right (crawl.md §1b)."""
    pages = [decode_page(bytes_of(name)) for name in names]
    gb, gb2312 = 'charset="gb2312"', "text/html; charset=gb2312"
    tries: Mapping[str, Callable[[str], tuple[bytes, str]]] = {
        "GB18030 that says gb2312": lambda text: (declared(text, gb).encode("gb18030"), gb2312),
        "same, header silent": lambda text: (declared(text, gb).encode("gb18030"), ""),
        "nothing declared": lambda text: (declared(text, "").encode("gb18030"), ""),
        "header lies utf-8": lambda text: (
            declared(text, 'charset="gbk"').encode("gb18030"),
            "text/html; charset=utf-8",
        ),
        "UTF-8, nothing declared": lambda text: (declared(text, "").encode(), ""),
    }
    for name, encoded in tries.items():
        sound = [page for page in pages if "\ufffd" not in page]
        right = sum(_HANZI.findall(decode_page(*encoded(page))) == _HANZI.findall(page) for page in sound)
        print(f"charset: {name:<26}{right} of {len(sound)}")


def declared(text: str, charset: str) -> str:
    """Return the page with this declaration instead of its own."""
    bare_text = _META.sub("", text)
    return bare_text.replace("<head>", f"<head><meta {charset}>", 1) if charset else bare_text


def speed(read: Sequence[Case], *, slow: bool) -> None:
    """Print pages per CPU-second of everything together."""
    spent = sum(case.seconds for case in read)
    size = sum(len(bytes_of(case.id)) for case in read)
    figures = f"{len(read) / spent:.0f} pages per CPU-second, {size / spent / 1e6:.1f} MB"
    print(f"speed             {figures}   (best peer of this quality 35)")
    if slow:
        for case in sorted(read, key=lambda case: -case.seconds)[:8]:
            print(f"    {case.id}: {case.seconds * 1e3:.0f} ms")


def peer(read: Sequence[Case]) -> None:
    """Print what trafilatura, with its own settings, makes of the same pages; or that it is not here."""
    try:
        trafilatura = import_module("trafilatura")
    except ImportError:
        print("peer: not measured; install trafilatura in an environment of its own to see it here")
        return
    spent, said = 0.0, {}
    for case in read:
        began = time.process_time()
        found = trafilatura.bare_extraction(bytes_of(case.id), url="http://pages.invalid/", with_metadata=True)
        spent += time.process_time() - began
        said[case.id] = found.as_dict() if found else {}
    titled = [case for case in read if case.gold.get("title")]
    right = sum(bare(said[case.id].get("title") or "") == bare(case.gold["title"]) for case in titled)
    dated = [case for case in read if case.gold.get("time")]
    days = sum((said[case.id].get("date") or "-") == case.gold["time"][:10] for case in dated)
    print(f"peer trafilatura  headline {share(right, len(titled))}, publish day {share(days, len(dated))}")
    for kind in ("article", "forum"):
        known = [case for case in read if case.kind == kind and case.body]
        bodies = [f"{said[case.id].get('text') or ''}\n{said[case.id].get('comments') or ''}" for case in known]
        f1 = sum(overlap(body, case.body)[2] for body, case in zip(bodies, known, strict=True)) / len(known)
        print(f"  {kind + ' body F1':<16}{f1:.3f}")
    print(f"  speed           {len(read) / spent:.0f} pages per CPU-second")


def bare(text: str) -> str:
    return "".join(text.split())


def share(count: int, total: int) -> str:
    return f"{count / total:.3f} ({count} of {total})"


def stated(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at / 1_000, CHINA).strftime("%Y-%m-%d %H:%M")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="print what is wrong beside what was meant")
    parser.add_argument("--slow", action="store_true", help="print the slowest pages")
    options = parser.parse_args()
    if not FOLDER.is_dir():
        sys.exit(f"{FOLDER} is not here; set HUIYIN_SHARED_DATA to the folder that holds pages/")
    read = cases()
    headlines(read, wrong=options.wrong)
    times(read, wrong=options.wrong)
    bodies(read, wrong=options.wrong)
    charsets([case.id for case in read])
    speed(cases(), slow=options.slow)
    peer(read)


if __name__ == "__main__":
    main()
