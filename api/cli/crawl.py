"""`huiyin crawl`: crawl what is due; with `--round`, crawl the named sources now, once, and print the report."""

import argparse

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.crawling import CrawlProcess, agent_of, sources, with_contact
from api.lease import holder_name
from api.lifeline import stop_of
from crawlers.network import NetworkSettings
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """Crawl until the parent ends, or one round."""
    here = open_installation(arguments)
    if arguments.round and not arguments.follow_parent:
        return _crawl_once(here, arguments.round.split(","))
    stop = stop_of(follows=arguments.follow_parent)  # a round that has lost its parent ends after the grace period
    if arguments.round:
        return _crawl_once(here, arguments.round.split(","))
    process = CrawlProcess(
        records=here.stores.records,
        clock=here.stores.clock,
        config_path=str(here.path),
        holder=holder_name("crawl"),
        round_seconds=here.config.crawl.round_seconds,
        has_contact=lambda: bool(with_contact(here.config.crawl, here.stores.records).contact),
    )
    process.run(stop)
    return 0


def _crawl_once(here: Installation, names: list[str]) -> int:
    from crawlers.crawl import CrawlDeps, run_round

    known = sources(here.stores.records)
    strange = [name for name in names if name not in known]
    if strange:
        sentence = f"no source {', '.join(strange)} is set; known: {', '.join(sorted(known)) or 'none'}"
        raise BadInput(sentence, code="SRC-301")
    crawl, network = with_contact(here.config.crawl, here.stores.records), here.config.network
    deps = CrawlDeps(
        door=bootstrap.open_door(here.folder, here.stores, here.settings),
        records=here.stores.records,
        clock=here.stores.clock,
        frontier=here.folder.frontier,
        agent=agent_of(crawl),
        network=NetworkSettings(network.proxy, network.no_proxy, network.ca_file, network.local_hosts),
        seal=bootstrap.private_addresses(here.folder),
        epoch=here.stores.bus.stream,
        max_seconds=crawl.round_seconds,
    )
    report = run_round([known[name] for name in names], deps)
    print(report.to_json())
    return 0 if any(source.is_alive for source in report.sources) else 1
