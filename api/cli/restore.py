"""`huiyin restore`: a backup is in place; what was erased since is erased again, and unsent notices are held."""

import argparse
from contextlib import closing
from pathlib import Path

from api import bootstrap
from api.accounts.people import people_of
from api.config import read_config


def run(arguments: argparse.Namespace) -> int:
    """Print what was restored."""
    config = read_config(Path(arguments.config))
    restored = bootstrap.restore_from(Path(arguments.source), config, replace_data=arguments.replace)
    with closing(bootstrap.open_stores(bootstrap.folder_of(config))) as stores:
        people = people_of(stores.records, stores.clock)
        people.sessions.end_all()
        people.links.end_all()
    print(f"restored {arguments.source}")
    print(f"{restored.held} unsent notices are held, {restored.erased} erasures were applied again")
    print("digests of weeks that have ended are held too when they are made again; `huiyin notices` shows and releases")
    print(
        "accounts, passwords and tokens are those of the backup, so look at `huiyin user list`; everybody signs in anew"
    )
    return 0
