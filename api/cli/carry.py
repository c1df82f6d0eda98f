"""`huiyin carry`: how a machine that crawls and one that does not come to know each other, and which files came."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from api import bootstrap
from api.carry.pairing import carriers, keep_carriers, read_pairing, write_pairing
from api.carry.taken import carriers_taken
from api.cli.installation import Installation, open_installation
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of


def run(arguments: argparse.Namespace) -> int:
    """Make or renew the key, trust or forget a machine, or list what came."""
    here = open_installation(arguments)
    return {"key": _key, "trust": _trust, "forget": _forget, "list": _list}[arguments.action](here, arguments)


def _key(here: Installation, arguments: argparse.Namespace) -> int:
    key = bootstrap.carry_key(here.folder, renew=arguments.renew)
    if arguments.to:
        write_pairing(Path(arguments.to), key.pairing)
        print(f"配对文件已写到 {arguments.to}。用 U 盘拿到另一台机器上：huiyin carry trust 文件；收好后从 U 盘删除它")
    print(f"采集机 {key.pairing.machine}，核对码 {key.pairing.fingerprint}（两台机器上显示的必须一样）")
    return 0


def _trust(here: Installation, arguments: argparse.Namespace) -> int:
    pairing = read_pairing(Path(_named(arguments)))
    bootstrap.trust_carrier(here.folder, pairing)
    print(f"已信任采集机 {pairing.machine}，核对码 {pairing.fingerprint}：请与采集机上显示的逐字核对")
    print(f"核对不一样：huiyin carry forget {pairing.machine}。配对文件请从 U 盘删除")
    return 0


def _forget(here: Installation, arguments: argparse.Namespace) -> int:
    machine, known = _named(arguments), dict(carriers(here.folder.secrets))
    if known.pop(machine, None) is None:
        raise BadInput(f"没有信任过采集机 {machine}；huiyin carry list 列出全部", code="CAR-102")
    keep_carriers(here.folder.secrets, known)
    print(f"不再收采集机 {machine} 的文件；收过的帖文不变")
    return 0


def _list(here: Installation, arguments: argparse.Namespace) -> int:
    taken = {one.machine: one for one in carriers_taken(here.stores.records)}
    known = carriers(here.folder.secrets)
    if arguments.json:
        rows = [{**asdict(taken[one]), "trusted": one in known} for one in taken]
        print(json.dumps({"trusted": sorted(known), "taken": rows}, ensure_ascii=False))
        return 0
    for machine, pairing in known.items():
        came = taken.get(machine)
        says = f"收到第 {came.number} 号，采集到 {iso_of(came.until)}" if came else "还没有收过它的文件"
        lost = f"；缺第 {'、'.join(map(str, came.missing))} 号" if came and came.missing else ""
        print(f"{machine}  核对码 {pairing.fingerprint}  {says}{lost}")
    if not known:
        print("没有信任任何采集机")
    return 0


def _named(arguments: argparse.Namespace) -> str:
    if not arguments.what:
        raise BadInput(f"huiyin carry {arguments.action} 后面要写文件或机器号", code="CAR-111")
    return str(arguments.what)
