"""`huiyin work`: process what was crawled."""

import argparse

from api import bootstrap
from api.cli.installation import open_installation
from api.lifeline import stop_of
from api.working import work


def run(arguments: argparse.Namespace) -> int:
    """Work until the parent ends."""
    here = open_installation(arguments)
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    return work(here.stores, here.settings, worker, stop_of(follows=arguments.follow_parent))
