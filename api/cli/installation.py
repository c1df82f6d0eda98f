"""One installation as the verbs open it: the operator's file, its folder, its stores, its settings."""

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

from api import bootstrap
from api.config import Config, read_config
from api.demo_mark import refuse_channels_in_demo
from api.settings import apply_folder
from api.stores import Stores
from pipeline.ports import Record
from pipeline.workflow.settings import Settings

FIRST_SETTINGS = "first_settings"
"""The kind of the mark that the operator's settings folder was applied whole."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that a verb needs of an installation."""

    path: Path
    config: Config
    folder: bootstrap.Folder
    stores: Stores
    settings: Settings


def open_installation(arguments: argparse.Namespace) -> Installation:
    """
    Return the installation that `--config` names, its stores brought to the newest schema.

    Where the data are new and the file names a settings folder, that folder is applied first, whole: a process that
    was killed in the middle of it leaves no mark, and the next one goes on.
    """
    path = Path(arguments.config)
    config = read_config(path)
    for package in ("api", "classifier", "crawlers", "pipeline"):
        logging.getLogger(package).setLevel(config.log.level.upper())
    for client in ("kafka", "elastic_transport"):
        logging.getLogger(client).setLevel(logging.ERROR)  # what fails there the adapters say, in words
    folder = bootstrap.folder_of(config)
    stores = bootstrap.open_stores(folder)
    refuse_channels_in_demo(stores.records, config)
    bootstrap.prove_keys(folder, stores)
    if config.settings and stores.records.get(FIRST_SETTINGS, "", "") is None:
        apply_folder(Path(config.settings), stores.records, stores.clock, author="operator", reason="first settings")
        stores.records.put(Record(FIRST_SETTINGS, "", "", 0, "{}", stores.clock.now(), "operator", ""), expect=None)
    return Installation(path, config, folder, stores, bootstrap.settings_of(stores))
