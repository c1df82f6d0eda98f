"""`huiyin keys`: which key file the machines of a cluster share; `adopt` makes this machine's the one, after a loss."""

import argparse
from contextlib import closing
from pathlib import Path

from api import bootstrap
from api.config import read_config
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """Print the fingerprint of this machine's key file; with `adopt` it is the installation's from now on."""
    folder = bootstrap.folder_of(read_config(Path(arguments.config)))
    if folder.cluster is None:
        raise BadInput("this installation is on one machine, and its key file needs no comparison", code="KEY-104")
    with closing(bootstrap.open_stores(folder)) as stores:
        if arguments.action == "adopt":
            mark = bootstrap.adopt_keys(folder, stores)
            print(f"{folder.keys} ({mark}) is the installation's key file now; give it to every other machine")
            print("addresses that were sealed with another file stay closed; people of before count anew")
            return 0
        bootstrap.prove_keys(folder, stores)
        print(f"{folder.keys}: {bootstrap.lasting_keys(folder).fingerprint}, the same as the installation's")
    return 0
