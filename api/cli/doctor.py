"""`huiyin doctor`: whether this installation is well, and what needs a person."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from api.doctor import examine


def run(arguments: argparse.Namespace) -> int:
    """Print one line per question; 0 where all is well, 1 where something needs a person."""
    findings = examine(Path(arguments.config), asks_outside=not arguments.offline)
    is_well = all(finding.is_well for finding in findings)
    if arguments.json:
        print(json.dumps({"well": is_well, "findings": [asdict(one) for one in findings]}, ensure_ascii=False))
        return 0 if is_well else 1
    for finding in findings:
        print(f"{'ok  ' if finding.is_well else 'LOOK'}  {finding.what:12}  {finding.says}")
        for line in finding.details:
            print(f"{'':20}{line}")
    print(
        "一切正常 · all is well"
        if is_well
        else "有事要办：看 LOOK 开头的行 · something needs a person: see the lines with LOOK"
    )
    return 0 if is_well else 1
