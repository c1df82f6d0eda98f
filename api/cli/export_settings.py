"""`huiyin export-settings DIR`: the settings as files that `apply` reads back."""

import argparse
from pathlib import Path

from api.cli.installation import open_installation
from api.settings import export_folder
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """Write one folder per unit; where there is only one unit, into the folder itself."""
    here = open_installation(arguments)
    units = list(here.settings.units)
    if not units:
        raise BadInput("no unit is set yet; apply a settings folder first", code="CFG-204")
    for unit in units:
        folder = Path(arguments.folder) if len(units) == 1 else Path(arguments.folder) / unit
        for path in export_folder(folder, here.stores.records, unit):
            print(path)
    return 0
