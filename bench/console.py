"""
The figures of the console, each with its goal, measured in a real Chromium on this machine.

    python bench/console.py [--only size paint heap keys officer screen axe] [--rows 100000] [--listeners 100]

size     script and stylesheet, compressed                  paint   first paint at a quarter of the processor's speed
heap     with so many to-dos in the queue, read on          keys    j to the next frame, p50 and p95
officer  a scripted browser at the pace of a person (bench/officer.py): one item, one complaint, a whole day
screen   from the append of an alert to the open page, with so many other listeners
axe      violations over every page, language, theme and size of type
"""

import argparse
import asyncio
import gzip
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, expect

from bench.live_lines import Deciding, deciding, listen
from bench.officer import Officer, Stopwatch
from tests.browser.axe import violations, violations_of_look
from tests.browser.chromium import chromium, opened_browser, visiting
from tests.browser.county import HOUR, NOW, UNIT, County, make_county, served
from tests.browser.page_list import EVERY_OTHER_LOOK, pages_of
from tests.browser.test_pages_for_everybody import values_in
from tests.stored import a_group, work

QUEUE = f"/u/{UNIT}/queue"
STATIC = ROOT / "api" / "http" / "static"
PAINTS, KEYS, ALERTS, SLOWER = 5, 100, 100, 4
WITH_POSTS = 1_000
TODOS, INCIDENTS = 30, 4
KEY_TO_FRAME = """
() => new Promise((done) => addEventListener("keydown", (event) => {
  const began = event.timeStamp;
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); });
}, {once: true, capture: true}))
"""
NEWS_SEEN = """
(count) => new Promise((done) => {
  const bar = document.getElementById("news");
  const look = () => bar.innerText.includes(String(count)) && done(Date.now());
  new MutationObserver(look).observe(bar, {childList: true, subtree: true, characterData: true});
  look();
})
"""


@contextmanager
def house() -> Iterator[County]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "county"
        make_county(folder)
        with served(folder) as county:
            yield county


def say(what: str, figure: str, goal: str) -> None:
    print(f"{what:<58} {figure:>24}   goal {goal}", flush=True)


def size(_: Browser) -> None:
    packed = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("console.js", "console.css")}
    parts = ", ".join(f"{name} {count / 1_000:.1f}" for name, count in packed.items())
    say(f"script and stylesheet, compressed ({parts})", f"{sum(packed.values()) / 1_000:.1f} kB", "<= 30 kB")


def paint(browser: Browser) -> None:
    with house() as county, visiting(browser, county.origin, county.cookies("zhang")) as visitor:
        for path in ("queue", "overview", "work"):
            took = sorted(
                first_paint(visitor.context.new_page(), f"{county.origin}/u/{UNIT}/{path}") for _ in range(PAINTS)
            )
            say(
                f"first paint of {path}, 4x slower, median of {PAINTS}",
                f"{statistics.median(took):.0f} ms",
                "<= 1000 ms",
            )


def first_paint(page: Page, address: str) -> float:
    """Return when the page painted first, in ms after it was asked for, with nothing in the browser's cache."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted = float(page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    page.close()
    return painted


def heap(browser: Browser, rows: int) -> None:
    with house() as county, visiting(browser, county.origin, county.cookies("zhang")) as visitor:
        county.gains(WITH_POSTS)
        older = [a_group(f"old-{number}", at=NOW - HOUR) for number in range(rows - WITH_POSTS)]
        for at in range(0, len(older), 500):
            county.working.stores.posts.commit(work([], [], older[at : at + 500], to=rows + at))
        page = visitor.opens(QUEUE)
        say(f"heap of the page, {rows} to-dos in the queue", f"{used(page):.1f} MB", "<= 15 MB")
        for count in range(1, 10):
            page.locator("#more").click()
            expect(page.locator("#todos > .row")).to_have_count(50 * (count + 1))
        say("  after 500 rows were read on", f"{used(page):.1f} MB", "<= 15 MB")


def used(page: Page) -> float:
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.enable")
    tools.send("HeapProfiler.collectGarbage")
    return float(tools.send("Runtime.getHeapUsage")["usedSize"]) / 1_000_000


def keys(browser: Browser) -> None:
    with house() as county, visiting(browser, county.origin, county.cookies("zhang")) as visitor:
        county.gains(KEYS)
        page = visitor.opens(QUEUE)
        took = []
        for _ in range(KEYS):
            page.evaluate(f"() => {{ window.painted = ({KEY_TO_FRAME})(); }}")
            page.keyboard.press("j")
            took.append(float(page.evaluate("() => window.painted")))
        took.sort()
        p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
        say(f"j to the painted frame, {KEYS} times", f"p50 {p50:.0f}, p95 {p95:.0f} ms", "p95 <= 50 ms")


def officer(browser: Browser) -> None:
    with house() as county, visiting(browser, county.origin, county.cookies("zhang")) as visitor:
        county.gains(max(0, TODOS - len(county.todos())) + 3)
        someone = Officer(visitor.opens(QUEUE), UNIT)
        row = first(someone, "group-")
        watch = Stopwatch(someone)
        someone.reads(1)
        someone.sets_aside(row)
        took = watch.took()
        say("an irrelevant item, from sight to closed", f"{took.seconds:.1f} s, {took.actions} key", "<= 3 s, 1 key")
        row = first(someone, "group-")
        watch = Stopwatch(someone)
        someone.reads(1)
        someone.settles()
        took = watch.took()
        say(
            "a routine complaint, from sight to closed",
            f"{took.seconds:.1f} s, {took.actions} actions",
            "<= 60 s, <= 12",
        )
        day(someone, county)


def first(someone: Officer, kind: str) -> str:
    """The first row of a kind that the officer may decide about is the current one; returns its id."""
    row = str(someone.page.locator(f".row[id^={kind}]:not([hidden]):has([data-key='1'])").first.get_attribute("id"))
    someone.goes_to(row)
    return row


def day(someone: Officer, county: County) -> None:
    """30 to-dos (20 irrelevant, 4 filed away, 6 settled) and 4 incidents by every step."""
    watch, done = Stopwatch(someone), 0
    for _ in range(INCIDENTS):
        pushed = someone.page.locator("#pushes .row:not([hidden]):has([data-key='1'])")
        row = first(someone, "incident-" if pushed.count() else "group-")
        incident = row if row.startswith("incident-") else incident_of(county, row)
        someone.works_out(row, county.origin, incident)
        someone.page.goto(f"{county.origin}{QUEUE}")
    for number in range(TODOS):
        row = first(someone, "group-")
        if number % 5 == 4:
            someone.settles()
        else:
            someone.sets_aside(row, "3" if number % 5 == 3 and number < 20 else "x")
        done += 1
    took = watch.took()
    figure = f"{took.seconds / 60:.1f} min, {took.actions} actions"
    say(f"a day: {done} to-dos and {INCIDENTS} incidents", figure, "<= 10 min")


def incident_of(county: County, row: str) -> str:
    """Return the id that a to-do's incident has once it is open."""
    view = county.here.stores.posts.group(UNIT, row.removeprefix("group-"))
    if view is None:
        raise RuntimeError(f"{row} is no group")
    return f"incident-{view.row.incident}"


def screen(browser: Browser, listeners: int) -> None:
    with deciding() as here:
        here.prepare(ALERTS)
        cookies = {"look": "light.normal.off.zh", f"huiyin-{here.port}": here.session()}
        with crowd(here, listeners - 1), visiting(browser, f"http://127.0.0.1:{here.port}", cookies) as visitor:
            page = visitor.opens(QUEUE)
            page.wait_for_timeout(1_000)
            took = sorted(alert_seen(page, here, number) for number in range(1, ALERTS + 1))
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    what = f"an alert's append to the open page, {listeners} listeners"
    say(what, f"p50 {p50:.0f}, p99 {p99:.0f} ms", "p99 <= 1000 ms")


def alert_seen(page: Page, here: Deciding, number: int) -> float:
    """Return how many ms after its append an alert was counted on the page."""
    page.evaluate(f"(count) => {{ window.seen = ({NEWS_SEEN})(count); }}", number)
    here.decide()
    appended = time.time() * 1_000
    return max(0.0, float(page.evaluate("() => window.seen")) - appended)


@contextmanager
def crowd(here: Deciding, count: int) -> Iterator[None]:
    """So many others listen while the block runs."""
    loop, ready, lines = asyncio.new_event_loop(), threading.Event(), list[asyncio.Task[None]]()

    async def everybody() -> None:
        up = asyncio.Semaphore(0)
        lines.extend(asyncio.create_task(listen(here, number, [], up)) for number in range(count))
        for _ in lines:
            await up.acquire()
        ready.set()
        await asyncio.gather(*lines, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(everybody()), daemon=True)
    thread.start()
    ready.wait(60)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in lines])
        thread.join(10)
        loop.close()


def axe(browser: Browser) -> None:
    found, looks, pages = 0, len(EVERY_OTHER_LOOK) + 1, 0
    with house() as county:
        values = values_in(county)
        for language in ("zh", "en"):
            for account, paths in pages_of(county, values).items():
                cookies = county.cookies(account, look=f"light.normal.off.{language}")
                with visiting(browser, county.origin, cookies) as visitor:
                    page = visitor.context.new_page()
                    for path in paths:
                        visitor.opens(path, page)
                        here = violations(page)
                        here += [one for look in EVERY_OTHER_LOOK for one in violations_of_look(page, *look)]
                        for one in here:
                            print(f"  {path}: {one}")
                        found, pages = found + len(here), pages + 1
    say(f"axe violations, {pages} pages x languages, {looks} looks each", str(found), "0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--listeners", type=int, default=100)
    parts: Mapping[str, Callable[[Browser, argparse.Namespace], None]] = {
        "size": lambda browser, _: size(browser),
        "paint": lambda browser, _: paint(browser),
        "heap": lambda browser, options: heap(browser, options.rows),
        "keys": lambda browser, _: keys(browser),
        "officer": lambda browser, _: officer(browser),
        "screen": lambda browser, options: screen(browser, options.listeners),
        "axe": lambda browser, _: axe(browser),
    }
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    options, program = parser.parse_args(), chromium()
    if program is None:
        print("no Chromium on this machine: apt-get install chromium fonts-noto-cjk, or name it in HUIYIN_CHROMIUM")
        return 2
    with opened_browser(program) as browser:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Chromium {browser.version}", flush=True)
        for part in options.only:
            parts[part](browser, options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
