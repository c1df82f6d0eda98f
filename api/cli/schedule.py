"""`huiyin schedule`: the clock alone."""

import argparse
from functools import partial

from api.cli.installation import open_installation
from api.cli.serve import clockwork_of, nightly_of
from api.lifeline import stop_of
from api.serving import keep_time, keep_time_again


def run(arguments: argparse.Namespace) -> int:
    """Keep time until the parent ends; on the cluster a second one waits, and takes over when the first has ended."""
    here, stop = open_installation(arguments), stop_of(follows=arguments.follow_parent)
    waits = here.folder.cluster is not None
    keep = partial(keep_time, clockwork_of(here), stop, nightly_of(here, stop), waits=waits)
    if waits:
        keep_time_again(keep, stop)
    else:
        keep()
    return 0
