"""
What one more unit costs: CPU per unit through both halves of the worker, as units grow from 1 to 1,000.

    python bench/units.py [--units 1 10 100 1000] [--posts 200] [--share 0.1]

Simulated: each unit has its own places and one source of its own, all watch the bundled rules; each brings so many
posts over 20 days, a share of which speaks of its matters. Both halves run as on the cluster, over buses in memory and
the embedded store; the classifier is left out, for it costs the same per text whatever the number of units. Goal: from
10 units to 1,000 the cost per unit grows by 20 % at most. It falls first, where few units share what a step costs.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api import bootstrap
from api.bundled import bundled_lines, bundled_rules
from classifier.absent import AbsentClassifier
from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.mentions import MemoryMentionBus
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.system_clock import SystemClock
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.deadline import clocks_from, due_times
from pipeline.domain.post import Post
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.working_calendar import working_calendar
from pipeline.finder import Finder
from pipeline.grouper import Grouper
from pipeline.means import Asking, Stores
from pipeline.ports import Position
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice

from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

GOAL = 0.2
NOWHERE = Position("", 0, 0)
ENDINGS = ("镇", "乡", "村", "社区", "街道")
SYLLABLES = "云溪柳湾石桥河福寿东风城关山林田塘坪岭坝湖洲江泉沙湾金银铜铁松柏梅兰竹菊青红白黑"


def watch_of(units: int, rng: random.Random) -> Watch:
    """Return the watch of so many units, each with twelve places and a source of its own."""
    rules = bundled_rules()
    own, sources = {}, {}
    for number in range(units):
        unit = f"unit-{number:04d}"
        places = tuple("".join(rng.choices(SYLLABLES, k=3)) + rng.choice(ENDINGS) for _ in range(12))
        of_unit = tuple(bootstrap.of_unit(rule, unit) for rule in rules)
        own[unit] = UnitWatch(unit, of_unit, places, bundled_lines(), places)
        sources[f"forum-{number:04d}"] = frozenset({unit})
    return Watch(own, sources)


def stream(watch: Watch, each: int, share: float, rng: random.Random) -> list[Post]:
    """Return the posts of all units in one order, a share of them about the units' matters."""
    terms = [term for rule in bundled_rules() for term in rule.any]
    made = []
    for number, post in enumerate(posts(ZipfText(11), each * len(watch.units), 20)):
        unit = f"unit-{number % len(watch.units):04d}"
        text = post.text
        if rng.random() < share:
            at = rng.randrange(len(text))
            text = f"{text[:at]}，{rng.choice(watch.units[unit].places)}{rng.choice(terms)}，{text[at:]}"
        named = f"{number:024x}"
        made.append(
            Post(named, named, (named,), f"forum-{number % len(watch.units):04d}", text, "", post.collected_at, named)
        )
    return made


def run(watch: Watch, sent: Sequence[Post], folder: Path) -> tuple[float, int]:
    """Return CPU seconds of both halves over all posts, and how many mentions they made."""
    shipped = Practice(DEFAULT_POLICY, due_times(SHIPPED_CLOCKS, working_calendar()), clocks_from(SHIPPED_CLOCKS))
    bus, mentions, clock = MemoryPostBus(), MemoryMentionBus(), SystemClock()
    with (
        closing(open_huiyin(folder / f"{len(watch.units)}.db")) as writer,
        closing(SqlitePostStore(writer)) as kept,
        closing(SqliteIncidentLog(writer)) as log,
    ):
        desk = Desk(log, kept, clock, lambda _unit: shipped)
        stores, burial = Stores(bus, kept, MemoryPosterTokens()), Burial(bus, clock)
        asking = Asking(desk.ask, desk.head, desk.standing, desk.splits)
        finder = Finder(stores, mentions, AbsentClassifier("left out"), watch, burial)
        grouper = Grouper(stores, mentions, clock, asking, watch, burial)
        finder.step()
        for _ in range(len(watch.units) // 50 + 2):
            grouper.step()
        made, began = 0, time.process_time()
        for hour in hours(sent):
            bus.publish(hour)
            while finder.step().read:
                continue
            while (step := grouper.step()).read:
                made += step.mentions
            bus.trim(1 << 62, kept.position(bus.stream, 0) or NOWHERE)
        return time.process_time() - began, made


def hours(sent: Sequence[Post]) -> Iterator[list[Post]]:
    """Yield the posts of each hour: with each the rules are asked of all groups again, which every unit pays alike."""
    of_hour: dict[int, list[Post]] = {}
    for post in sent:
        of_hour.setdefault(post.collected_at // 3_600_000, []).append(post)
    for hour in sorted(of_hour):
        yield of_hour[hour]


def main() -> int:
    """Print CPU per unit for each number of units; 1 where the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[1, 10, 100, 1_000])
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--share", type=float, default=0.1)
    asked = parser.parse_args()
    print(f"{'units':>6}{'posts':>9}{'mentions':>10}{'CPU s':>9}{'CPU ms per unit':>17}{'posts per CPU-s':>17}")
    costs: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for units in asked.units:
            rng = random.Random(5)
            watch = watch_of(units, rng)
            sent = stream(watch, asked.posts, asked.share, rng)
            cpu, made = run(watch, sent, Path(folder))
            costs[units] = 1_000 * cpu / units
            print(f"{units:6}{len(sent):9}{made:10}{cpu:9.2f}{costs[units]:17.2f}{len(sent) / cpu:17,.0f}", flush=True)
    large = [cost for units, cost in costs.items() if units >= 10]
    growth = large[-1] / min(large) - 1 if large else 0.0
    print(f"goal: from 10 units on +{GOAL:.0%} at most: {growth:+.0%}, {'met' if growth <= GOAL else 'missed'}")
    return int(growth > GOAL)


if __name__ == "__main__":
    sys.exit(main())
