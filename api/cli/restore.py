"""`huiyin restore`: a backup is in place; what was erased since is erased again, and unsent notices are held."""

import argparse
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from api import bootstrap
from api.accounts.people import people_of
from api.config import Config, read_config
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """Print what was restored; on a cluster without a name, which snapshots there are."""
    config = read_config(Path(arguments.config))
    folder = bootstrap.folder_of(config)
    if not arguments.source:
        print("\n".join(_names(folder)) or "no backup yet")
        return 0
    held, erased = _restored(arguments, config, folder)
    with closing(bootstrap.open_stores(folder)) as stores:
        people = people_of(stores.records, stores.clock)
        people.sessions.end_all()
        people.links.end_all()
    print(f"restored {arguments.source}")
    print(f"{held} unsent notices are held, {erased} erasures were applied again")
    print("digests of weeks that have ended are held too when they are made again; `huiyin notices` shows and releases")
    print(
        "accounts, passwords and tokens are those of the backup, so look at `huiyin user list`; everybody signs in anew"
    )
    return 0


def _names(folder: bootstrap.Folder) -> Sequence[str]:
    if folder.cluster is None:
        raise BadInput("name the folder of a backup; they lie below [data] backups", code="INP-115")
    return bootstrap.snapshots_of(folder.cluster)


def _restored(arguments: argparse.Namespace, config: Config, folder: bootstrap.Folder) -> tuple[int, int]:
    """The backup is in place; returns how many notices are held, and how many erasures were applied again."""
    if folder.cluster is None:
        done = bootstrap.restore_from(Path(arguments.source), config, replace_data=arguments.replace)
        return done.held, done.erased
    name = arguments.source.rpartition("/")[2]  # as `huiyin backup` prints it, with its repository before it
    returned = bootstrap.restore_snapshot(name, folder, config, replace_data=arguments.replace)
    print("what was on the way is read again from the beginning of its topics; what is stored is skipped")
    return returned.held, returned.erased
