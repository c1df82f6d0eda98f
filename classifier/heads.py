"""
What the words of the lexicon say about a text: about, service line, act, need, urgency, each with a confidence.

A head whose evidence is thin abstains. `about` is False only where another matter leads the text: False means that
nothing is grouped. Weights and thresholds were set on texts of our own, never on their held-back half.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.domain.mention import ABSTAINED, Answer

from .lexicon import Found, Words
from .passage import Passage

LINES = ("社会救助", "养老服务", "殡葬服务", "婚姻登记", "儿童福利", "基层治理", "慈善社工", "区划地名")
BUREAU = "其他"
ACTS = ("投诉", "求助", "咨询", "建议", "表扬", "其他")

_REGION = (2.0, 1.5, 1.0)
_HINTS = len(_REGION)
_CAP = 6.0
_SUREST = 0.97
"""A lexicon is never surer: of what it said of our own texts about 1 in 30 was wrong (MODEL_CARD.md)."""
_OFFICE = ("股", "科", "室的")
_ACT_REGION = (1.5, 1.2, 1.0)
_ACT_TEMPERATURE = 2.0
_LANDMARK = ("对面", "旁边", "附近", "隔壁", "路口", "那边", "后面", "斜对", "门口的", "门口那")


@dataclass(frozen=True, slots=True)
class Weight:
    """What the words of one label weigh: in the title (or first sentence), and in all."""

    head: float = 0.0
    all: float = 0.0


NOTHING = Weight()


@dataclass(frozen=True, slots=True)
class Topic:
    """What weighs for each service line, for the bureau, and for the strongest other matter."""

    lines: Mapping[str, Weight]
    bureau: Weight
    other: Weight

    @property
    def ours(self) -> Weight:
        """The evidence for civil affairs: the strongest line, with the bureau's own name beside it."""
        line = _strongest(self.lines.values())
        return Weight(line.head + self.bureau.head, line.all + self.bureau.all)


def weigh_topic(words: Words, passage: Passage) -> Topic:
    """Return what the text is about, in sums of weights; what only says where something is does not count."""
    sums = _sums((_in_place(found, passage.text) for found in words.find(passage.text)), passage)
    lines = {label: weight for label, weight in sums.items() if label in LINES}
    other = _strongest(weight for label, weight in sums.items() if _is_other(label))
    return Topic(lines, sums.get(BUREAU, NOTHING), other)


def _in_place(found: Found, text: str) -> Found:
    """Return the word as what follows makes it: 敬老院对面 is a landmark, 殡葬管理股 an office of the bureau."""
    if _is_other(found.label):
        return found
    if text.startswith(_LANDMARK, found.end):
        return replace(found, weight=0)
    if found.label != BUREAU and text.startswith(_OFFICE, found.end):
        return replace(found, label=BUREAU)
    return found


def _strongest(weights: Iterable[Weight]) -> Weight:
    return max(weights, key=lambda weight: weight.all, default=NOTHING)


def _is_other(label: str) -> bool:
    return label not in LINES and label != BUREAU


def _sums(words: Iterable[Found], passage: Passage) -> Mapping[str, Weight]:
    """
    Return label → weight. Each word counts once, where it stands best; hints (weight 1) add little, and only beside a
    word that names the matter, or two that suggest it, do they add to more than a doubt.
    """
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for found in words:
        key = (found.label, found.word)
        region = passage.region(found.start)
        if found.weight and (key not in best or region < best[key][0]):
            best[key] = (region, found.weight)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for (label, _), (region, weight) in best.items():
        sums[label][region if weight > 1 else _HINTS] += weight
    return {label: _weight(regions) for label, regions in sums.items()}


def _weight(sums: list[float]) -> Weight:
    parts = [min(_CAP, value) * factor for value, factor in zip(sums, _REGION, strict=False)]
    named = sum(sums[:_HINTS])
    beside = min(3.0, sums[_HINTS]) * 0.5 if named == 0.0 or named >= 3.0 else 0.0
    return Weight(parts[0], sum(parts) + beside)


def answer_about(topic: Topic) -> Answer:
    """Return True where civil affairs lead, False where another matter does, else an abstention."""
    ours, other = topic.ours, topic.other
    if ours.head > 0.0:
        leads = ours.all >= 4.5 and ours.all >= (0.7 if ours.head > other.head else 1.0) * other.all
    else:
        leads = ours.all >= (6.0 if other.all else 4.5) and ours.all > other.all and other.head == 0.0
    if leads:
        return Answer(True, _confidence(ours.all - 0.6 * other.all, 4.0))
    if ours.all < 2.0:
        trails = other.all >= 6.0 + 2 * ours.all
    else:
        trails = ours.all < 0.5 * other.all or (ours.head < other.head and ours.all < 0.8 * other.all)
    return Answer(False, _confidence(other.all - ours.all, 4.0)) if other.all >= 4.5 and trails else ABSTAINED


def answer_line(topic: Topic, about: Answer) -> Answer:
    """Return the line that would have to act; only where `about` is True."""
    if about.label is not True:
        return ABSTAINED
    ranked = sorted((weight.all for weight in topic.lines.values()), reverse=True) or [0.0]
    first = ranked[0]
    if first < 3.0:
        return Answer(BUREAU, _confidence(topic.bureau.all - first, 4.0)) if topic.bureau.all else ABSTAINED
    share = first / (first + (ranked[1] if len(ranked) > 1 else 0.0))
    if share < 0.54:
        return ABSTAINED
    label = max(topic.lines, key=lambda name: topic.lines[name].all)
    return Answer(label, round(10_000 * min(_SUREST, share)))


def weigh_act(words: Words, passage: Passage) -> Mapping[str, float]:
    """Return how much the words weigh for each speech act; each word counts once, where it stands best."""
    best: dict[tuple[str, str], float] = {}
    for found in words.find(passage.text):
        weight = found.weight * _ACT_REGION[passage.region(found.start)]
        key = (found.label, found.word)
        if weight > best.get(key, 0.0):
            best[key] = weight
    sums: dict[str, float] = defaultdict(float)
    for (label, _), weight in best.items():
        sums[label] += weight
    return sums


def answer_act(sums: Mapping[str, float], hardship: float) -> Answer:
    """Return the main speech act. Blame outweighs the question it comes with; told hardship makes a plea likelier."""
    weighed = {label: min(14.0, value) for label, value in sums.items()}
    if weighed.get("投诉", 0.0) >= 4.0:
        weighed["投诉"] *= 1.3
    if "求助" in weighed:
        weighed["求助"] += min(6.0, hardship)
    if not weighed:
        return ABSTAINED
    label = max(weighed, key=lambda name: weighed[name])
    others = sum(math.exp((value - weighed[label]) / _ACT_TEMPERATURE) for value in weighed.values())
    share = 1.0 / (others + math.exp((2.0 - weighed[label]) / _ACT_TEMPERATURE))
    return Answer(label, round(10_000 * min(_SUREST, share))) if share >= 0.5 else ABSTAINED


def weigh_need(words: Words, passage: Passage) -> Mapping[str, float]:
    """Return how much the words weigh for hardship, a person, asking, and a general question; each counts once."""
    sums: dict[str, float] = defaultdict(float)
    for _, label, weight in {(found.word, found.label, found.weight) for found in words.find(passage.text)}:
        sums[label] += weight
    return sums


def answer_need(sums: Mapping[str, float], act: Answer, *, is_empty: bool) -> Answer:
    """Return True where a person in hardship is told of and help is asked; False where neither is."""
    hardship, policy = sums.get("hardship", 0.0), sums.get("policy", 0.0)
    if hardship == 0.0:
        return ABSTAINED if is_empty or act.label == "求助" else Answer(False, 9_500)
    if act.label in ("表扬", "建议", "其他"):
        return Answer(False, 8_500) if hardship < 4.0 or act.label == "表扬" else ABSTAINED
    plea = sums.get("asking", 0.0) + (3.0 if act.label == "求助" else 0.0)
    is_a_person = sums.get("person", 0.0) >= 1.0 and hardship >= 2.0
    if is_a_person and plea >= 2.0 and hardship + plea > 1.5 * policy:
        if act.label == "求助" or hardship >= 4.0:
            return Answer(True, _confidence(hardship + plea - policy, 6.0))
        return ABSTAINED
    return Answer(False, _confidence(policy - hardship, 4.0)) if policy > hardship + plea else ABSTAINED


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
    return round(10_000 * min(_SUREST, 1.0 / (1.0 + math.exp(-margin / scale))))
