"""
Recorded pages of real sites: how many are taken for what they are, before anything behind them is read.

    python bench/source_recognition.py      (HUIYIN_SHARED_DATA names the data; none of it is in the repository)

Expected: articles and threads are single pages, from which no source can be made; lists are lists; feeds are feeds.
The pages of the real servers (Discuz, machina, WordPress, Isso) are tried whole, over local HTTP.
"""

import json
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.recorded_site import DISCUZ, MACHINA, SERVERS, SHARED, RecordedSite
from crawlers.network import NetworkSettings
from crawlers.probe.guess import Guess
from crawlers.probe.probe import Caller, probe
from crawlers.probe.recognise import recognise
from crawlers.probe.seen_page import SeenPage

NOW = 1_795_400_000_000
LISTS = {"feed", "wordpress", "discuz", "message_board", "gov_list", "plain_list"}
WANTED = {
    "article": {"one_page", "feed", "wordpress"},
    "forum": {"one_page"},
    "list": LISTS,
    "feed": {"feed"},
}
"""What each kind of recorded page may be taken for; an article of a site that announces its feed is that feed."""


def name_of(body: bytes, address: str, content_type: str = "text/html") -> str:
    """Return the word for what the page was taken for."""
    found = recognise(SeenPage(address or "https://www.yunxi.example/a/b.html", body, content_type, NOW))
    return found.kind.value if isinstance(found, Guess) else found.why.value


def pages() -> Iterator[tuple[str, str, str]]:
    """Yield (kind, name, what it was taken for) of the recorded pages."""
    folder = SHARED / "pages" / "zh"
    for row in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        path = folder / "html" / f"{row['id']}.html"
        if path.is_file():
            yield row["kind"], row["id"], name_of(path.read_bytes(), row["url"])


def feeds() -> Iterator[tuple[str, str, str]]:
    """Yield the same of the recorded feeds: 200 of our days, and those of Chinese blogs in their old charsets."""
    with tarfile.open(SHARED / "crawl" / "fastfeedparser.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and "benchmark_data/" in member.name and "." not in Path(member.name).name:
                yield "feed", member.name, name_of(file.read(), "", "application/xml")
    for folder in ("GB2312", "Big5"):
        for path in sorted((SHARED / "crawl" / "chardet-tests" / folder).glob("*.xml")):
            if not path.name.startswith("_"):
                yield "feed", path.name, name_of(path.read_bytes(), "", "application/xml")


def served() -> Iterator[tuple[str, str, str]]:
    """Yield the same of the real servers' answers, each tried whole: what was proposed, with posts."""
    with ExitStack() as stack:
        for recorded in SERVERS:
            site = stack.enter_context(RecordedSite(recorded, SHARED / "crawl"))
            for source in recorded.sources:
                if recorded is MACHINA and source.kind == "listing":
                    continue  # its index shows one topic: no list of anything
                network = NetworkSettings(local_hosts=(site.url.removeprefix("http://"),))
                found = probe(site.url + source.start, Caller("Huiyin/1 (+a@yunxi.example)", network, lambda: NOW))
                said = found.proposal.guess.kind.value if found.proposal else f"trouble {found.trouble}"
                yield ("discuz" if recorded is DISCUZ and source.kind == "listing" else "feed"), source.id, said


def main() -> None:
    """Print how many of each kind were taken rightly, and each that was not."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    wrong = []
    for kind, name, said in (*pages(), *feeds(), *served()):
        every[kind] += 1
        is_right = said in WANTED.get(kind, {kind})
        right[kind] += is_right
        if not is_right:
            wrong.append(f"  {kind:8} {name} taken for {said}")
    for kind in every:
        print(f"{kind:8} {right[kind]:4} of {every[kind]:4} right")
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
