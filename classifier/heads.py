"""
What the words of the lexicon say about a text: about, service line, act, need, urgency, each with a confidence.

A head whose evidence is thin abstains. `about` is False only where another matter leads the text: False means that
nothing is grouped. Weights and thresholds were set on texts of our own, never on their held-back half.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.mention import ABSTAINED, Answer

from .lexicon import Found, Words
from .passage import Passage

LINES = ("社会救助", "养老服务", "殡葬服务", "婚姻登记", "儿童福利", "基层治理", "慈善社工", "区划地名")
BUREAU = "其他"
ACTS = ("投诉", "求助", "咨询", "建议", "表扬", "其他")

_REGION = (2.0, 1.5, 1.0)
_CAP = 6.0
_LANDMARK = ("对面", "旁边", "附近", "隔壁", "路口", "那边", "后面", "斜对", "门口的", "门口那")


@dataclass(frozen=True, slots=True)
class Topic:
    """How much the words weigh for each service line, for the bureau, and for the strongest other matter."""

    lines: Mapping[str, float]
    bureau: float
    other: float

    @property
    def ours(self) -> float:
        """The evidence for civil affairs: the strongest line, with the bureau's own name beside it."""
        return max(self.lines.values(), default=0.0) + self.bureau


def weigh_topic(words: Words, passage: Passage) -> Topic:
    """Return what the text is about, in sums of weights; what only says where something is does not count."""
    text = passage.text
    sums = _sums(
        (found for found in words.find(text) if not text.startswith(_LANDMARK, found.end) or _is_other(found)), passage
    )
    lines = {label: value for label, value in sums.items() if label in LINES}
    others = (value for label, value in sums.items() if label not in LINES and label != BUREAU)
    return Topic(lines, sums.get(BUREAU, 0.0), max(others, default=0.0))


def _is_other(found: Found) -> bool:
    return found.label not in LINES and found.label != BUREAU


def _sums(words: Iterable[Found], passage: Passage) -> Mapping[str, float]:
    """Return label → weight. Each word counts once, where it stands best; hints (weight 1) only beside a real word."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for found in words:
        key = (found.label, found.word)
        region = passage.region(found.start)
        if key not in best or region < best[key][0]:
            best[key] = (region, found.weight)
    named: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    hinted: dict[str, int] = defaultdict(int)
    for (label, _), (region, weight) in best.items():
        if weight > 1:
            named[label][region] += weight
        else:
            hinted[label] += 1
    return {
        label: sum(min(_CAP, value) * factor for value, factor in zip(regions, _REGION, strict=True))
        + min(3, hinted[label]) * 0.5
        for label, regions in named.items()
    }


def answer_about(topic: Topic) -> Answer:
    """Return True where civil affairs lead, False where another matter does, else an abstention."""
    ours, other = topic.ours, topic.other
    if ours >= 4.5 and ours >= 0.8 * other:
        return Answer(True, _confidence(ours - 0.6 * other, 4.0))
    if other >= 4.5 and ours < 0.5 * other:
        return Answer(False, _confidence(other - ours, 4.0))
    if other >= 3.0 and ours == 0.0:
        return Answer(False, _confidence(other, 4.0))
    return ABSTAINED


def answer_line(topic: Topic, about: Answer) -> Answer:
    """Return the line that would have to act; only where `about` is True."""
    if about.label is not True:
        return ABSTAINED
    ranked = sorted(topic.lines.values(), reverse=True) or [0.0]
    first = ranked[0]
    if first < 3.0:
        return Answer(BUREAU, _confidence(topic.bureau - first, 4.0)) if topic.bureau else ABSTAINED
    second = ranked[1] if len(ranked) > 1 else 0.0
    share = first / (first + second)
    if share < 0.54:
        return ABSTAINED
    label = max(topic.lines, key=lambda name: topic.lines[name])
    return Answer(label, round(10_000 * min(0.97, share)))


def weigh_act(words: Words, passage: Passage) -> Mapping[str, float]:
    """Return how much the words weigh for each speech act."""
    factors = (1.5, 1.2, 1.0)
    best: dict[tuple[str, str], float] = {}
    for found in words.find(passage.text):
        factor = factors[passage.region(found.start)]
        key = (found.label, found.word)
        best[key] = max(best.get(key, 0.0), found.weight * factor)
    sums: dict[str, float] = defaultdict(float)
    for (label, _), weight in best.items():
        sums[label] += weight
    return sums


def answer_act(sums: Mapping[str, float]) -> Answer:
    """Return the main speech act: blame outweighs the question or the wish that it comes with."""
    if not sums:
        return ABSTAINED
    weighed = {label: min(14.0, value) for label, value in sums.items()}
    if weighed.get("投诉", 0.0) >= 4.0:
        weighed["投诉"] *= 1.3
    scale = {label: math.exp(value / 2.0) for label, value in weighed.items()}
    label = max(scale, key=lambda name: scale[name])
    share = scale[label] / (sum(scale.values()) + 1.0)
    if weighed[label] < 2.0 or share < 0.5:
        return ABSTAINED
    return Answer(label, round(10_000 * min(0.97, share)))


def answer_need(words: Words, passage: Passage, act: Answer) -> Answer:
    """Return True where a person in hardship is told of and help is asked; False where no hardship is named."""
    sums: dict[str, float] = defaultdict(float)
    for word, label, weight in {(f.word, f.label, f.weight) for f in words.find(passage.text)}:
        sums[label] += weight if word else 0
    hardship, policy = sums["hardship"], sums["policy"]
    if hardship == 0.0:
        return Answer(False, 9_500) if passage.text.strip() else ABSTAINED
    plea = sums["asking"] + (3.0 if act.label == "求助" else 0.0)
    if act.label in ("表扬", "建议", "其他"):
        return Answer(False, 8_500) if hardship < 4.0 or act.label == "表扬" else ABSTAINED
    if sums["person"] >= 1.0 and hardship >= 2.0 and plea >= 2.0 and hardship + plea > 1.5 * policy:
        if act.label == "求助" or hardship >= 4.0:
            return Answer(True, _confidence(hardship + plea - policy, 6.0))
        return ABSTAINED
    if policy > hardship + plea:
        return Answer(False, _confidence(policy - hardship, 4.0))
    return ABSTAINED


def answer_urgency(words: Words, passage: Passage, about: Answer, need: Answer) -> Answer:
    """Return "high" for life, health, safety or a minor at risk, where it is our matter or a plea; else abstain."""
    weight = sum({found.word: found.weight for found in words.find(passage.text)}.values())
    if weight >= 3 and (need.label is True or about.label is not False):
        return Answer("high", _confidence(weight, 3.0))
    return ABSTAINED


def answer_stance(act: Answer) -> Answer:
    """Return negative for a complaint; everything else abstains."""
    return Answer("negative", act.confidence) if act.label == "投诉" else ABSTAINED


def _confidence(margin: float, scale: float) -> int:
    return round(10_000 * min(0.99, 1.0 / (1.0 + math.exp(-margin / scale))))
