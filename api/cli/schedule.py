"""`huiyin schedule`: the clock alone."""

import argparse

from api.cli.installation import open_installation
from api.cli.serve import clockwork_of, nightly_of
from api.lifeline import stop_of
from api.serving import keep_time


def run(arguments: argparse.Namespace) -> int:
    """Keep time until the parent ends."""
    here, stop = open_installation(arguments), stop_of(follows=arguments.follow_parent)
    keep_time(clockwork_of(here), stop, nightly_of(here, stop))
    return 0
