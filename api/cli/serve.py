"""`huiyin serve`: the web service and the clock."""

import argparse

from api.cli.installation import Installation, open_installation
from api.lifeline import follow_parent
from api.notify.journal import Journal
from api.serving import Clockwork, dispatcher_of, serve


def run(arguments: argparse.Namespace) -> int:
    """Serve until the parent ends."""
    serve(clockwork_of(open_installation(arguments)), follow_parent())
    return 0


def clockwork_of(here: Installation) -> Clockwork:
    """Return what the clock does each second in this installation."""
    from pathlib import Path

    journal = here.config.notify.journal
    channels = [Journal(Path(journal))] if journal else []
    return Clockwork(here.stores, here.settings, here.config, dispatcher_of(here.stores, channels))
