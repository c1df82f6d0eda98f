"""`huiyin crawl`: crawl what is due; `--round`: the named sources now; `--to`: once, into a file to be carried."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.crawling import CrawlProcess, agent_of, due_sources, sources, with_contact
from api.lease import holder_name
from api.lifeline import stop_of
from crawlers.network import NetworkSettings
from pipeline.domain.errors import BadInput

if TYPE_CHECKING:
    from crawlers.crawl import CrawlReport


def run(arguments: argparse.Namespace) -> int:
    """Crawl until the parent ends, or one round."""
    here = open_installation(arguments)
    if arguments.to:
        return _crawl_to(here, Path(arguments.to))
    if arguments.round and not arguments.follow_parent:
        return _crawl_once(here, arguments.round.split(","))
    stop = stop_of(follows=arguments.follow_parent)  # a round that has lost its parent ends after the grace period
    if arguments.round:
        return _crawl_once(here, arguments.round.split(","))
    process = CrawlProcess(
        records=here.stores.records,
        clock=here.stores.clock,
        wall=here.stores.machine_clock,
        config_path=str(here.path),
        holder=holder_name("crawl"),
        round_seconds=here.config.crawl.round_seconds,
        has_contact=lambda: bool(with_contact(here.config.crawl, here.stores.records).contact),
    )
    process.run(stop)
    return 0


def _crawl_to(here: Installation, target: Path) -> int:
    """What is due was crawled once, and everything since the last file is in a signed one; says what it holds."""
    bootstrap.known_carry_key(here.folder)
    due = due_sources(here.stores.records, here.config.crawl.every_seconds, here.stores.clock.now())
    report = _round(here, due) if due else None
    path, says, held = bootstrap.pack_carried(here.folder, here.stores, target)
    alive = sum(source.is_alive for source in report.sources) if report else 0
    print(f"采集了 {len(due)} 个到时间的信源，{alive} 个正常" if due else "没有到时间的信源，只打包已采到的")
    print(f"第 {says.number} 号文件：{path}，{says.posts} 条帖文，{says.records} 条采集记录")
    if held.kept_back:
        print(f"{held.kept_back} 条没有带上：内部来信或已清除的帖文不出本机")
    if held.has_more:
        print("还有帖文没有装下，请再运行一次")
    print("请把文件用 U 盘带到另一台机器：huiyin ingest --carried 文件")
    return 0 if alive == len(due) else 1


def _crawl_once(here: Installation, names: list[str]) -> int:
    report = _round(here, names)
    print(report.to_json())
    return 0 if any(source.is_alive for source in report.sources) else 1


def _round(here: Installation, names: Sequence[str]) -> "CrawlReport":
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
    return run_round([known[name] for name in names], deps)
