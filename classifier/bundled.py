"""The bundled classifier: a lexicon says what a text is, a linear model its tone. Built by a call, never at import."""

import logging
from collections.abc import Mapping, Sequence
from importlib import resources

from pipeline.domain.errors import BadInput
from pipeline.domain.mention import ABSTAINED, HEADS, Answer, Opinion

from . import heads
from .lexicon import Lexicon, read_lexicon
from .linear import Linear, read_linear
from .passage import Passage, lay_out

log = logging.getLogger(__name__)

RULES = 1
"""The version of the rules in `heads`; raised when they change, because opinions are kept under the model's name."""

_AT_ONCE = 512


class BundledClassifier:
    """Answers from the words of the lexicon and from the weights of tone; the same text gets the same opinion."""

    def __init__(self, lexicon: Lexicon, tone: Linear | None = None) -> None:
        self._lexicon = lexicon
        self.tone = tone
        self.model = f"huiyin@{RULES}-{lexicon.version}-{tone.version if tone else 'toneless'}"

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Return one opinion per (title, text), in order; a head that knows too little abstains."""
        said: list[Opinion] = []
        for start in range(0, len(texts), _AT_ONCE):
            passages = [lay_out(title, text) for title, text in texts[start : start + _AT_ONCE]]
            said += map(self._opinion, passages, self._tones(passages))
        return said

    def scores(self, texts: Sequence[tuple[str, str]]) -> Sequence[Mapping[str, Mapping[str | bool, float]]]:
        """
        Return for each text head → label → score. Tone gives a probability to every label; the rules of the lexicon
        have no distribution, so their heads give the confidence of the answer and nothing for the labels not given.
        """
        passages = [lay_out(title, text) for title, text in texts]
        rows = self.tone.scores([passage.text for passage in passages]).tolist() if self.tone else None
        scored = []
        for index, opinion in enumerate(self.opinions(texts)):
            answers = {head: getattr(opinion, head) for head in HEADS}
            row = {head: {a.label: a.confidence / 10_000} if a.label is not None else {} for head, a in answers.items()}
            if self.tone and rows is not None:
                row["sentiment"] = dict(zip(self.tone.labels, rows[index], strict=True))
            scored.append(row)
        return scored

    def _tones(self, passages: Sequence[Passage]) -> Sequence[Answer]:
        tone = self.tone
        if tone is None:
            return [ABSTAINED] * len(passages)
        rows = tone.scores([passage.text for passage in passages])
        return [
            ABSTAINED if passage.is_empty else tone.answer(row) for passage, row in zip(passages, rows, strict=True)
        ]

    def _opinion(self, passage: Passage, tone: Answer) -> Opinion:
        topic = heads.weigh_topic(self._lexicon.topic, passage)
        about = heads.answer_about(topic)
        need_sums = heads.weigh_need(self._lexicon.need, passage)
        act = heads.answer_act(heads.weigh_act(self._lexicon.act, passage), need_sums.get("hardship", 0.0))
        need = heads.answer_need(need_sums, act, is_empty=passage.is_empty)
        return Opinion(
            model=self.model,
            about=about,
            service_line=heads.answer_line(topic, about),
            act=act,
            need=need,
            stance=heads.answer_stance(act),
            sentiment=tone,
            urgency=heads.answer_urgency(self._lexicon.urgency, passage, about, need),
        )


def bundled_classifier() -> BundledClassifier:
    """
    Return the classifier that ships with Huiyin. Raises BadInput where its lexicon is damaged.

    Without its weights it still reads words: then `sentiment` abstains, the model's name says so, and the log says why.
    """
    lexicon = read_lexicon()
    try:
        tone = read_linear(resources.files("classifier").joinpath("model"), "sentiment")
    except BadInput:
        log.exception("classifier.toneless: sentiment abstains")
        return BundledClassifier(lexicon)
    return BundledClassifier(lexicon, tone)
