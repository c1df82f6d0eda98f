"""The bundled classifier as the pipeline uses it."""

import sys

import pytest

from classifier.bundled import BundledClassifier, bundled_classifier
from pipeline.domain.mention import HEADS, NO_OPINION


@pytest.fixture(scope="module")
def classifier() -> BundledClassifier:
    """Return the bundled classifier, read once."""
    return bundled_classifier()


def test_the_model_names_itself_with_a_version(classifier: BundledClassifier) -> None:
    """Opinions carry who spoke, and it is never the word for nobody."""
    name, version = classifier.model.split("@")
    assert name
    assert version
    assert classifier.model != NO_OPINION.model
    assert classifier.opinions([("", "养老院")])[0].model == classifier.model


def test_opinions_come_in_the_order_of_the_texts(classifier: BundledClassifier) -> None:
    """One opinion per text, in order, whatever stands beside it."""
    texts = [("低保停了", "我家低保怎么停了"), ("", ""), ("请问殡仪馆怎么收费", "")]
    together = classifier.opinions(texts)
    assert together == [classifier.opinions([text])[0] for text in texts]


def test_no_texts_make_no_opinions(classifier: BundledClassifier) -> None:
    """An empty batch is no error."""
    assert list(classifier.opinions([])) == []


@pytest.mark.parametrize("text", ["", " ", "＊＊＊", "。。。", "\ud83d", "🙂", "a" * 100_000])
def test_text_that_says_nothing_gets_no_topic_act_or_alarm(classifier: BundledClassifier, text: str) -> None:
    """Nothing is read into a text without words."""
    opinion = classifier.opinions([("", text)])[0]
    assert {getattr(opinion, head).label for head in ("about", "service_line", "act", "stance", "urgency")} == {None}


def test_confidence_is_in_ten_thousandths(classifier: BundledClassifier) -> None:
    """An abstention has no confidence; an answer never claims certainty."""
    opinion = classifier.opinions([("投诉养老院乱收费", "养老院不退押金，请民政局查处。")])[0]
    for head in HEADS:
        answer = getattr(opinion, head)
        assert answer.confidence == 0 if answer.label is None else 5_000 <= answer.confidence <= 9_700


def test_importing_reads_no_file() -> None:
    """The lexicon is read when a classifier is built, not before."""
    assert "classifier.bundled" in sys.modules
    assert not any(isinstance(value, BundledClassifier) for value in vars(sys.modules["classifier.bundled"]).values())
