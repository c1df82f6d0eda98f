"""`huiyin backup`: what must survive lies in a new folder, without keys, tokens or the bus."""

import argparse

from api import bootstrap
from api.cli.installation import open_installation


def run(arguments: argparse.Namespace) -> int:
    """Print the folder of the backup."""
    here = open_installation(arguments)
    print(bootstrap.back_up_now(here.config, here.stores))
    return 0
