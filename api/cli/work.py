"""`huiyin work`: process what was crawled."""

import argparse
from contextlib import closing

from api import bootstrap
from api.cli.installation import open_installation
from api.lifeline import stop_of
from api.working import work, work_beside


def run(arguments: argparse.Namespace) -> int:
    """Work until the parent ends; on a cluster beside others, each what it holds."""
    here = open_installation(arguments)
    desk = bootstrap.open_desk(here.stores, here.settings)
    speaks, stop = bootstrap.open_classifier(), stop_of(follows=arguments.follow_parent)
    if here.folder.cluster is not None:
        with closing(here.stores):  # its partitions go to others at once
            halves = bootstrap.open_halves(here.stores, here.settings, desk, speaks)
            return work_beside(here.stores, here.settings, halves, stop)
    return work(here.stores, here.settings, bootstrap.open_worker(here.stores, here.settings, desk, speaks), stop)
