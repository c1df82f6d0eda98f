"""Which place and business line an entry seems to be of. The officer may say otherwise; what he says wins."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.domain.masking import mask
from pipeline.domain.mention import Opinion
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Classifier
from pipeline.stages.match import Matcher
from pipeline.stages.place import Places

LONGEST_READ = 4_000
"""So much of a text is read for a proposal."""
Opine = Callable[[str], Opinion]
"""Text → what the classifier holds of it."""


class Opinions:
    """The classifier's opinion on one text at a time; it is loaded by `load` when it is first asked."""

    def __init__(self, load: Callable[[], Classifier]) -> None:
        self._load = load
        self._guard = threading.Lock()
        self._classifier: Classifier | None = None

    def __call__(self, words: str) -> Opinion:
        """Return the opinion on the words."""
        with self._guard:
            if self._classifier is None:
                self._classifier = self._load()
            return self._classifier.opinions([("", words)])[0]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place and a line, as ids of the unit's tables; "" where nothing speaks for any."""

    line: str = ""
    place: str = ""


def propose(watch: UnitWatch, words: str, opine: Opine) -> Proposal:
    """Return what the worker would hold of the words: the rules' line first, else the classifier's, and the place."""
    said = mask(words[:LONGEST_READ], frozenset(watch.places))
    if not said.strip():
        return Proposal()
    rules: tuple[WatchRule, ...] = tuple(match.rule for match in Matcher(watch.rules).matches("", said))
    label = opine(said).service_line.label
    line = watch.lines.line_of(label, (rule.service_line for rule in rules))
    place = Places(watch.places).named_in("", said)
    return Proposal(line if line and watch.lines.holds(line) else "", place or "")


def watch_of(watch: Watch, unit: str) -> UnitWatch:
    """Return what the unit watches; nothing where it has set nothing."""
    return watch.units.get(unit) or UnitWatch(unit, ())
