"""What pages say about problems, by code, in the reader's language; a code without words tells its own sentence."""

from api.words import Words

from .problem import Told


def title_of(status: int, words: Words) -> str:
    """Return the heading of a problem's page."""
    return words.texts.get(f"problem_title.{status}", words("problem_title.other"))


def explain(told: Told, words: Words) -> str:
    """Return cause and next step for people."""
    return words.texts.get(f"refusal.{told.code}", told.detail)
