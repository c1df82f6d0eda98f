"""The bundled classifier as the pipeline uses it."""

import sys

import pytest

from classifier.bundled import BundledClassifier, bundled_classifier
from classifier.lexicon import read_lexicon
from pipeline.domain.mention import ABSTAINED, HEADS, NO_OPINION


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


def test_without_weights_the_words_are_still_read() -> None:
    """Sentiment abstains, everything else answers, and the model's name tells the difference."""
    toneless = BundledClassifier(read_lexicon())
    opinion = toneless.opinions([("感谢民政窗口", "办事很耐心，点赞！")])[0]
    assert opinion.sentiment == ABSTAINED
    assert opinion.act.label == "表扬"
    assert toneless.model.endswith("toneless")


def test_scores_are_of_the_labels_that_opinions_give(classifier: BundledClassifier) -> None:
    """Tone has a probability per label; a head that abstains has no score."""
    texts = [("感谢民政窗口", "办事很耐心，真的太好了！"), ("", "。")]
    (thanks, nothing), opinions = classifier.scores(texts), classifier.opinions(texts)
    assert set(thanks["sentiment"]) == {"negative", "neutral", "positive"}
    assert sum(thanks["sentiment"].values()) == pytest.approx(1, abs=1e-4)
    assert thanks["act"] == {"表扬": opinions[0].act.confidence / 10_000}
    assert nothing["about"] == nothing["act"] == {}


def test_tone_is_read_from_the_weights(classifier: BundledClassifier) -> None:
    """Plain joy and plain anger are told apart; blank text has no tone."""
    texts = [("", "今天太开心了，谢谢你们，真棒"), ("", "气死我了，太差劲了，再也不来了"), ("", "　")]
    assert [said.sentiment.label for said in classifier.opinions(texts)] == ["positive", "negative", None]


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
        assert answer.confidence == 0 if answer.label is None else 5_000 <= answer.confidence < 10_000


def test_importing_reads_no_file() -> None:
    """The lexicon is read when a classifier is built, not before."""
    assert "classifier.bundled" in sys.modules
    assert not any(isinstance(value, BundledClassifier) for value in vars(sys.modules["classifier.bundled"]).values())
