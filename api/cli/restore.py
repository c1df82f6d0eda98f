"""`huiyin restore`: a backup is in place; what was erased since is erased again, and unsent notices are held."""

import argparse
from pathlib import Path

from api import bootstrap
from api.config import read_config


def run(arguments: argparse.Namespace) -> int:
    """Print what was restored."""
    config = read_config(Path(arguments.config))
    restored = bootstrap.restore_from(Path(arguments.source), config, replace_data=arguments.replace)
    print(f"restored {arguments.source}")
    print(f"{restored.held} unsent notices are held, {restored.erased} erasures were applied again")
    return 0
