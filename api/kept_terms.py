"""What masking never eats: places, and terms of the rules in force."""

from pipeline.workflow.settings import Settings


def kept_terms(settings: Settings) -> frozenset[str]:
    """Return the terms that stay whole at the door, whoever hands a text in."""
    watches = settings.watch().units.values()
    terms = {term for watch in watches for rule in watch.rules for term in rule.triggers}
    return frozenset(terms.union(*(watch.places for watch in watches)))
