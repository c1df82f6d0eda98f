"""`huiyin apply DIR`: the settings of a folder hold."""

import argparse
from pathlib import Path

from api.cli.installation import open_installation
from api.settings import apply_folder


def run(arguments: argparse.Namespace) -> int:
    """Print what changed; nothing is written where the folder has a problem."""
    here = open_installation(arguments)
    changes = apply_folder(
        Path(arguments.folder),
        here.stores.records,
        here.stores.clock,
        author=arguments.author,
        reason=arguments.reason,
    )
    for change in changes:
        print(f"{change.unit or 'all units':<16} {change.key:<24} revision {change.revision}")
    print(f"{len(changes)} settings changed; running processes see them within 2 seconds")
    return 0
