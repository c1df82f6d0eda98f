"""`huiyin check`: the operator's file, the settings folder that it names, and rules; nothing is changed."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from api import bootstrap
from api.cli.posts import rules_of
from api.config import Config, read_config
from api.crawling import agent_of
from api.entrance import open_entrance
from api.notify.channels import check_channels
from api.secret_files import warnings_of_secrets
from api.settings import SOURCE, read_folder
from crawlers.manifest import SourceManifest
from crawlers.network import NetworkSettings
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Recipient, read_recipients


def run(arguments: argparse.Namespace) -> int:
    """Print what is well, warnings, and every problem of what is not; 0 where there is no problem, else 2."""
    problems = []
    if arguments.rules:
        problems += _problems("rules", arguments.rules, lambda: f"{len(rules_of(arguments.rules))} rules")
    else:
        problems += _config_problems(Path(arguments.config))
    for problem in problems:
        print(problem)
    return 2 if problems else 0


def _config_problems(path: Path) -> list[str]:
    """Return every problem of the file, of its settings folder, and of what the crawler would refuse to start with."""
    try:
        config = read_config(path)
    except BadInput as refusal:
        return [str(refusal)]
    print(f"config {path}: good, every key is known")
    for warning in warnings_of_secrets(config):
        print(warning)
    sources: list[SourceManifest] = []
    cluster = bootstrap.place_of(config).cluster
    of_cluster = _problems("cluster", str(path), lambda: bootstrap.check_secrets(cluster)) if cluster else []
    problems = _problems("web", str(path), lambda: open_entrance(config.web).url)
    if config.settings:
        problems += _problems("settings", config.settings, lambda: _check_settings(Path(config.settings), sources))
    problems += _problems("channels", str(path), lambda: check_channels(config, _recipients(config)))
    problems += of_cluster
    return problems + _problems("crawl", agent_of(config.crawl), lambda: _check_crawl(path, config, sources))


def _recipients(config: Config) -> Sequence[Recipient]:
    """Return whom the settings folder names; a folder with problems has been refused already."""
    try:
        return read_recipients(read_folder(Path(config.settings)).get("recipients", {})) if config.settings else ()
    except BadInput:
        return ()


def _check_settings(folder: Path, sources: list[SourceManifest]) -> str:
    tables = read_folder(folder)
    sources += [manifest_from_dict(table) for key, table in tables.items() if key.startswith(SOURCE)]
    enabled = sum(source.enabled for source in sources)
    return f"{len(tables)} settings, {enabled} of {len(sources)} sources enabled"


def _check_crawl(path: Path, config: Config, sources: Sequence[SourceManifest]) -> str:
    """Return what would be crawled; raise BadInput where the crawler would refuse every round."""
    from crawlers.settings import CrawlSettings, build_settings

    if not config.crawl.contact:
        sentence = f"{path}: [crawl] contact is empty, so nothing is crawled: nobody would know who asks"
        raise BadInput(f"{sentence}; write a page or mailbox of your unit", code="SRC-202")
    enabled = [source for source in sources if source.enabled]
    outside = config.network
    network = NetworkSettings(outside.proxy, outside.no_proxy, outside.ca_file, outside.local_hosts)
    build_settings(CrawlSettings(agent_of(config.crawl), network), enabled)
    return f"{len(enabled)} sources" if enabled else "no source is enabled yet"


def _problems(what: str, name: str, look: Callable[[], str]) -> list[str]:
    try:
        print(f"{what} {name}: good, {look()}")
    except BadInput as refusal:
        return [str(refusal)]
    return []
