"""
How long an entry by hand takes an officer, from the queue to the saved incident, in a real Chromium.

    python bench/enter.py [--times 5]

He works at the pace of a person (bench/officer.py), and the worker runs beside as it does in `huiyin run`. Pasted: a
share text, which is read over with what is proposed. Typed: a sentence. From above: a paper with all of its facts.
"""

import argparse
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page

from bench.officer import PRESS_MS, READ_MS, Officer, Stopwatch, Took
from tests.browser.chromium import chromium, opened_browser, visiting
from tests.browser.county import UNIT, County, make_county, served

GOAL_SECONDS = 20
IDLE_SECONDS = 0.2
PASTED = (
    "7.15 复制打开抖音，看看【山里的橘子的作品】第{n}次了，村口的公墓没有路，老人上不去"
    " https://v.douyin.com/iAbC{n}/ 08/12 pqR:/"
)
TYPED = "有人说第{n}号楼的老年食堂关门了"
ABOVE = {
    "words": "请核实第{n}批高龄津贴发放情况",
    "ref": "云督〔2026〕{n}号",
    "due": "明天 17:30",
    "wants": "书面反馈，附名单",
}


@contextmanager
def at_work(county: County) -> Iterator[None]:
    """The worker comes to what was entered, as in its own process."""
    ends = threading.Event()

    def work() -> None:
        while not ends.wait(IDLE_SECONDS):
            county.worker.step()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join(timeout=10)


def pastes(officer: Officer, number: int) -> None:
    """One key pastes, one look at what is proposed, one key sends."""
    officer.page.wait_for_timeout(PRESS_MS)
    officer.page.keyboard.insert_text(PASTED.format(n=number))
    officer.actions += 1
    _sends(officer)


def types(officer: Officer, number: int) -> None:
    """The words are typed where the cursor stands already."""
    officer.types(officer.page.locator("#words"), TYPED.format(n=number))
    _sends(officer)


def from_above(officer: Officer, number: int) -> None:
    """Every fact of the paper is typed."""
    officer.clicks(officer.page.locator(".tabs a").nth(1))
    officer.page.wait_for_url("**/enter?from=above")
    officer.types(officer.page.locator("#words"), ABOVE["words"].format(n=number))
    officer.clicks(officer.page.locator("[name=whom][value=county]"))
    for name in ("ref", "due", "wants"):
        officer.types(officer.page.locator(f"#{name}"), ABOVE[name].format(n=number))
    _sends(officer)


def _sends(officer: Officer) -> None:
    """What is proposed was read; where similar ones are shown, it is said that it is none of them."""
    officer.page.locator("#look [name=has_looked]").wait_for(state="attached")
    officer.page.wait_for_timeout(READ_MS)
    officer.presses("Control+Enter")
    officer.page.wait_for_url("**/incidents/**", timeout=60_000)


WAYS: Mapping[str, Callable[[Officer, int], None]] = {"pasted": pastes, "typed": types, "from above": from_above}


def entered(county: County, page: Page, way: str, number: int) -> Took:
    """Return what one entry took, from the queue to the incident's page."""
    officer = Officer(page, UNIT)
    page.goto(f"{county.origin}/u/{UNIT}/queue")
    watch = Stopwatch(officer)
    officer.presses("n")
    page.wait_for_url("**/enter")
    WAYS[way](officer, number)
    return watch.took()


@contextmanager
def _officers(browser: Browser, county: County) -> Iterator[Page]:
    """A duty officer's window."""
    with visiting(browser, county.origin, county.cookies("zhang")) as visitor:
        yield visitor.context.new_page()


def main() -> int:
    """Print the figures; 1 where one misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    slowest = 0.0
    program = chromium()
    if program is None:
        print("no Chromium on this machine: name it in HUIYIN_CHROMIUM")
        return 2
    with tempfile.TemporaryDirectory() as name, opened_browser(program) as browser:
        folder = Path(name) / "county"
        make_county(folder)
        with served(folder) as county, at_work(county), _officers(browser, county) as page:
            for way in WAYS:
                took = [entered(county, page, way, number) for number in range(1, times + 1)]
                seconds = [one.seconds for one in took]
                slowest = max(slowest, *seconds)
                middle = statistics.median(seconds)
                actions = took[0].actions
                print(f"{way:<12} median {middle:5.1f} s, slowest {max(seconds):5.1f} s, {actions} actions", flush=True)
    print(f"goal <= {GOAL_SECONDS} s to a saved incident: {'met' if slowest <= GOAL_SECONDS else 'MISSED'}")
    return int(slowest > GOAL_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
