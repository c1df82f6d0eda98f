"""`huiyin verify`: the chain of the log recomputed, and every projection compared."""

import argparse
import json
from dataclasses import asdict

from api import bootstrap
from api.cli.installation import open_installation


def run(arguments: argparse.Namespace) -> int:
    """Print what was looked at; 0 where all is well, 1 where something is not."""
    here = open_installation(arguments)
    units = sorted({*here.settings.units, *here.stores.log.units()})
    found = bootstrap.verify_installation(here.folder, here.stores, units)
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
    else:
        print(f"{found.batches} batches, {found.incidents} incidents, {found.groups} groups looked at")
        for unit, head in found.heads.items():
            print(f"{unit}: the log's head is {head}")
        for problem in found.problems:
            print(problem)
        print("all is well" if not found.problems else f"{len(found.problems)} problems")
    return 1 if found.problems else 0
