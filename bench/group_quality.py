"""
How well the group stage finds one matter behind many letters, on labelled citizens' letters.

    python bench/group_quality.py

Reads events/dev_2019H1.csv under HUIYIN_SHARED_DATA (default ../shared/data); prints nothing of its text. All letters
go through the stage in order of time, those that the labels leave out too; only labelled ones are scored.

all, multi   B-cubed precision, recall, F1 over all letters; multi: precision over letters in groups of two and more,
             recall over letters of incidents of two and more (single letters flatter the figure)
pair F1      over pairs of letters
incidents    of three letters and more: found where half of the letters are in one group that is 80 % theirs
pure         groups of three letters and more that are 80 % of one incident

"stage" is each letter's group as it was decided when the letter came; "and merges" is how the groups stand in the end.
The peers in the same run: one group per identical title, and single link by Jaccard of the titles' character pairs.
"""

import csv
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.domain.group_merge import GroupMerge, all_free, survivors
from pipeline.domain.mention import NO_OPINION, Mention
from pipeline.stages.group import Grouping
from pipeline.stages.merge import Merging
from pipeline.stages.normalise import normalise

MENTION = Mention(
    unit="",
    post="",
    version="",
    rule="",
    rule_version="",
    hits=(),
    opinion=NO_OPINION,
    group=None,
    repost_of=None,
    similarity=0,
    seen_seq=0,
    order=0,
    collected_at=0,
    occurred_at=0,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A labelled letter; `incident` None where the labels leave it out."""

    title: str
    text: str
    at: int
    incident: str | None


def read(path: Path) -> list[Letter]:
    """Return the letters in order of time."""
    with path.open(encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["t"])
    return [
        Letter(
            row["title"],
            row["body"],
            int(datetime.fromisoformat(row["t"]).replace(tzinfo=UTC).timestamp() * 1000),
            None if row["excluded"] == "1" else row["incident"],
        )
        for row in rows
    ]


def by_stage(letters: Sequence[Letter], *, title: bool = True, text: bool = True) -> list[str]:
    """Return each letter's group as the stage decides it."""
    memory = Grouping()
    answers = []
    for number, letter in enumerate(letters):
        said = (letter.title if title else "", letter.text if text else "", letter.at)
        group = memory.decide(*said) or str(number)
        memory.remember(group, *said)
        answers.append(group)
    return answers


def by_stage_and_merges(letters: Sequence[Letter], *, title: bool = True, text: bool = True) -> list[str]:
    """Return each letter's group when all is read: groups that turned out to be one matter count as one."""
    grouping = Grouping()
    merging = Merging(grouping, all_free)
    merges: list[GroupMerge] = []

    def merged(merge: GroupMerge) -> GroupMerge:
        merges.append(merge)
        grouping.absorb(merge.absorbed, merge.into)
        merging.absorb(merge)
        return merge

    answers = []
    for number, letter in enumerate(letters):
        said = (letter.title if title else "", letter.text if text else "", letter.at)
        reached = grouping.reached(*said)
        vouched = merging.vouched(reached) if reached else ()
        group = reached[0] if reached else str(number)
        grouping.remember(group, *said)
        mention = replace(MENTION, post=str(number), group=group, order=number, collected_at=letter.at)
        merging.notice(mention, joined=True)
        merging.after(mention, vouched, merged)
        answers.append(group)
    now = survivors(merges)
    return [now.get(group, group) for group in answers]


def by_title(letters: Sequence[Letter]) -> list[str]:
    """Return one group per identical title."""
    return [normalise(letter.title).text for letter in letters]


def by_jaccard(letters: Sequence[Letter], least: float) -> list[str]:
    """Return the group of the likest earlier title, where the Jaccard of their character pairs is at least this."""
    seen: list[set[str]] = []
    having: dict[str, list[int]] = defaultdict(list)
    answers: list[str] = []
    for number, letter in enumerate(letters):
        form = normalise(letter.title).text
        pairs = {form[i : i + 2] for i in range(len(form) - 1)}
        shared = Counter(other for pair in pairs for other in having[pair])
        likeness, nearest = max(((n / (len(pairs) + len(seen[o]) - n), o) for o, n in shared.items()), default=(0.0, 0))
        answers.append(answers[nearest] if likeness >= least else str(number))
        seen.append(pairs)
        for pair in pairs:
            having[pair].append(number)
    return answers


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def b_cubed(found: Sequence[str], gold: Sequence[str], least: int) -> tuple[float, float, float]:
    """Return precision over letters in groups of at least this size, recall over letters of such incidents, F1."""
    both, groups, incidents = Counter(zip(found, gold, strict=True)), Counter(found), Counter(gold)
    pairs = list(zip(found, gold, strict=True))
    precisions = [both[f, g] / groups[f] for f, g in pairs if groups[f] >= least]
    recalls = [both[f, g] / incidents[g] for f, g in pairs if incidents[g] >= least]
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return precision, recall, f1(precision, recall)


def pair_f1(found: Sequence[str], gold: Sequence[str]) -> float:
    """Return F1 over all pairs of letters."""

    def pairs(counts: Counter[tuple[str, str]] | Counter[str]) -> float:
        return sum(n * (n - 1) / 2 for n in counts.values())

    right = pairs(Counter(zip(found, gold, strict=True)))
    return f1(right / max(1.0, pairs(Counter(found))), right / max(1.0, pairs(Counter(gold))))


def incidents_found(found: Sequence[str], gold: Sequence[str]) -> tuple[float, float]:
    """Return the share of incidents of three and more that are found, and of groups of three and more that are pure."""
    groups, incidents = defaultdict(list), defaultdict(list)
    for group, incident in zip(found, gold, strict=True):
        groups[group].append(incident)
        incidents[incident].append(group)
    large = [names for names in incidents.values() if len(names) >= 3]
    caught = 0
    for names in large:
        group, inside = Counter(names).most_common(1)[0]
        caught += inside >= 0.5 * len(names) and inside >= 0.8 * len(groups[group])
    formed = [names for names in groups.values() if len(names) >= 3]
    pure = sum(Counter(names).most_common(1)[0][1] >= 0.8 * len(names) for names in formed)
    return caught / max(1, len(large)), pure / max(1, len(formed))


def main() -> None:
    """Print one row per method."""
    path = Path(os.environ.get("HUIYIN_SHARED_DATA", "../shared/data")) / "events" / "dev_2019H1.csv"
    if not path.exists():
        sys.exit(f"{path} is not here; set HUIYIN_SHARED_DATA to the folder that holds events/")
    letters = read(path)
    scored = [number for number, letter in enumerate(letters) if letter.incident is not None]
    gold = [letters[number].incident or "" for number in scored]
    print(f"{len(letters)} letters, {len(scored)} scored, {len(set(gold))} incidents")
    print(f"{'':26}{'all P':>6}{'R':>6}{'F1':>6} {'multi P':>8}{'R':>6}{'F1':>6}{'pair F1':>9}", end="")
    print(f"{'incidents':>11}{'pure':>6}{'ms/post':>9}")
    methods: dict[str, Callable[[], list[str]]] = {
        "stage and merges": lambda: by_stage_and_merges(letters),
        "same, titles only": lambda: by_stage_and_merges(letters, text=False),
        "same, texts only": lambda: by_stage_and_merges(letters, title=False),
        "stage": lambda: by_stage(letters),
        "stage, titles only": lambda: by_stage(letters, text=False),
        "stage, texts only": lambda: by_stage(letters, title=False),
        "peer: same title": lambda: by_title(letters),
        "peer: title Jaccard 0.55": lambda: by_jaccard(letters, 0.55),
        "peer: title Jaccard 0.40": lambda: by_jaccard(letters, 0.40),
    }
    for name, method in methods.items():
        began = time.process_time()
        answers = method()
        spent = (time.process_time() - began) / len(letters) * 1e3
        found = [answers[number] for number in scored]
        everything, multi = b_cubed(found, gold, 1), b_cubed(found, gold, 2)
        caught, pure = incidents_found(found, gold)
        print(f"{name:26}" + "".join(f"{x:6.3f}" for x in everything), end=" ")
        print(f"{multi[0]:8.3f}{multi[1]:6.3f}{multi[2]:6.3f}{pair_f1(found, gold):9.3f}", end="")
        print(f"{caught:11.2f}{pure:6.2f}{spent:9.3f}")


if __name__ == "__main__":
    main()
