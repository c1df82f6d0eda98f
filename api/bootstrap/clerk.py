"""The clerk, by whom people's commands reach the desk."""

import os
from collections.abc import Callable

from api.stores import Stores
from pipeline.domain.read_order import Known, nothing_known
from pipeline.domain.sheet import UnitWords
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.desk import Desk
from pipeline.workflow.settings import Settings


def _nothing_known(_unit: str) -> Known:
    return nothing_known


def open_clerk(stores: Stores, settings: Settings, desk: Desk, known: Callable[[str], Known] = _nothing_known) -> Clerk:
    """
    Return the clerk over the stores.

    Masking never eats the unit's places, its names and the terms of its rules in force. `known` says for a unit which
    accounts, offices … a field may name; without it every well-formed id is taken.
    """

    def words(unit: str) -> UnitWords:
        return UnitWords(kept_terms_of(settings, unit), known(unit))

    return Clerk(desk, stores.blobs, stores.records, os.urandom, words)


def kept_terms_of(settings: Settings, unit: str) -> frozenset[str]:
    """Return what masking never eats in texts of this unit: places, its own names, terms of its rules in force."""
    own = settings.units.get(unit)
    if own is None:
        return frozenset()
    terms = {term for rule in own.rules for term in rule.triggers}
    return frozenset({*terms, *own.places, own.profile.name, *own.profile.short_names} - {""})
