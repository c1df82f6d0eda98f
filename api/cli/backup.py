"""`huiyin backup`: what must survive lies in a new folder, verified, and at the second place."""

import argparse
import sys

from api import bootstrap
from api.cli.installation import open_installation


def run(arguments: argparse.Namespace) -> int:
    """Print the folder of the backup; 0 where it is whole, 1 where the second place lacks it, 2 where there is none."""
    here = open_installation(arguments)
    found = bootstrap.keep_backup(here.config, here.stores)
    if found.folder:
        print(found.folder)
    for problem in filter(None, (found.problem, found.second_problem)):
        print(f"huiyin backup: {problem}", file=sys.stderr)
    if found.problem:
        return 2
    return 1 if found.second_problem else 0
