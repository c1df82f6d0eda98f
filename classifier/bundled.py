"""The bundled classifier: what a text is about and does, by the lexicon. Built by a call, never at import."""

from collections.abc import Mapping, Sequence

from pipeline.domain.mention import Opinion

from . import heads
from .lexicon import Words, read_lexicon
from .passage import lay_out

NAME = "huiyin-lexicon"
VERSION = "1"


class BundledClassifier:
    """Answers from the words of the lexicon; the same text always gets the same opinion."""

    def __init__(self, lexicon: Mapping[str, Words]) -> None:
        self._topic = lexicon["topic"]
        self._act = lexicon["act"]
        self._need = lexicon["need"]
        self._urgency = lexicon["urgency"]
        self.model = f"{NAME}@{VERSION}"

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Return one opinion per (title, text), in order; a head that knows too little abstains."""
        return [self._opinion(title, text) for title, text in texts]

    def _opinion(self, title: str, text: str) -> Opinion:
        passage = lay_out(title, text)
        topic = heads.weigh_topic(self._topic, passage)
        about = heads.answer_about(topic)
        hardship = heads.weigh_need(self._need, passage)
        act = heads.answer_act(heads.weigh_act(self._act, passage), hardship.get("hardship", 0.0))
        need = heads.answer_need(hardship, act, is_empty=passage.is_empty)
        return Opinion(
            model=self.model,
            about=about,
            service_line=heads.answer_line(topic, about),
            act=act,
            need=need,
            stance=heads.answer_stance(act),
            urgency=heads.answer_urgency(self._urgency, passage, about, need),
        )


def bundled_classifier() -> BundledClassifier:
    """Return the classifier that ships with Huiyin. Raises BadInput where its files are damaged."""
    return BundledClassifier(read_lexicon())
