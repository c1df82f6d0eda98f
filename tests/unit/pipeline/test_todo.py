"""To-dos: what asks for a person, and why."""

import itertools

import pytest

from pipeline.domain.group import TodoReason
from pipeline.domain.todo import ASKING, todo_reason


@pytest.mark.parametrize("act", sorted(ASKING))
def test_a_matter_of_ours_that_asks_for_something_is_a_todo(act: str) -> None:
    """Complaint, plea, question and proposal about a civil affairs matter each ask for a person."""
    assert todo_reason(about=True, act=act, grave=False, addressed=False, has_classifier=True) is TodoReason.OURS


@pytest.mark.parametrize("act", ["表扬", "其他"])
def test_praise_and_remarks_are_only_stored(act: str) -> None:
    """Nobody is asked about what asks for nothing."""
    assert todo_reason(about=True, act=act, grave=False, addressed=False, has_classifier=True) is None
    assert todo_reason(about=None, act=act, grave=False, addressed=False, has_classifier=True) is None


def test_an_abstention_is_asked_and_never_dropped() -> None:
    """Where the classifier abstains, a person looks."""
    assert todo_reason(about=None, act="投诉", grave=False, addressed=False, has_classifier=True) is TodoReason.UNCLEAR
    assert todo_reason(about=True, act=None, grave=False, addressed=False, has_classifier=True) is TodoReason.OURS
    assert todo_reason(about=None, act=None, grave=False, addressed=False, has_classifier=True) is TodoReason.UNCLEAR


def test_what_is_not_ours_is_only_stored_unless_grave_or_addressed() -> None:
    """`about` false ends the question, but not for a grave hit or a letter to the unit."""
    assert todo_reason(about=False, act="投诉", grave=False, addressed=False, has_classifier=True) is None
    assert todo_reason(about=False, act="投诉", grave=True, addressed=False, has_classifier=True) is TodoReason.GRAVE
    assert todo_reason(about=False, act=None, grave=True, addressed=True, has_classifier=True) is TodoReason.ADDRESSED


def test_without_a_classifier_every_post_is_a_todo() -> None:
    """No classifier means that everything counts as abstained, under its own reason."""
    for about, act in itertools.product((True, False, None), ("表扬", "投诉", None)):
        reason = todo_reason(about=about, act=act, grave=False, addressed=False, has_classifier=False)
        assert reason is TodoReason.NO_CLASSIFIER
