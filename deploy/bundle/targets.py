"""The computers for which a bundle can be made, and which locked requirements each of them needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.markers import Marker

PYTHON = "3.11"
_REQUIREMENT = re.compile(r"(?P<pin>[A-Za-z0-9._-]+==[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of computer: how pip calls it, and what the markers of requirements ask about it."""

    name: str
    platforms: tuple[str, ...]
    environment: Mapping[str, str]


def _environment(system: str, os_name: str, platform: str, machine: str) -> Mapping[str, str]:
    return {
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": machine,
        "os_name": os_name,
        "extra": "",
    }


TARGETS: Mapping[str, Target] = {
    "linux-x86_64": Target(
        "linux-x86_64",
        tuple(
            f"manylinux{version}_x86_64"
            for version in ("_2_28", "_2_27", "_2_24", "_2_17", "2014", "_2_12", "2010", "_2_5", "1")
        ),
        _environment("Linux", "posix", "linux", "x86_64"),
    ),
    "windows-x86_64": Target("windows-x86_64", ("win_amd64",), _environment("Windows", "nt", "win32", "AMD64")),
}
REFUSED: Mapping[str, str] = {
    "linux-aarch64": "daachorse ships no wheel for aarch64, and a bundle builds nothing on the other computer",
    "windows-x86": "numpy, lxml and others ship no 32-bit wheels for this Python",
}
"""Kinds of computers that people ask for and that cannot be served, and why."""


def target_named(name: str) -> Target:
    """Return the target; raises ValueError with the reason where there can be none."""
    if name in TARGETS:
        return TARGETS[name]
    why = REFUSED.get(name, "there is no such target")
    raise ValueError(f"{name}: {why}; there are {', '.join(TARGETS)}")


def needed(lock: str, target: Target) -> Sequence[str]:
    """Return the locked requirements that the target needs, each with its hashes and without a marker."""
    found = []
    for block in re.split(r"\n(?=\S)", lock.strip()):
        first, *rest = block.splitlines()
        said = _REQUIREMENT.match(first.strip())
        hashes = _HASH.findall(block)
        if said is None or not hashes:
            raise ValueError(f"{first!r}: no pinned requirement with hashes; `make lock` writes such ones")
        del rest
        if said["marker"] is None or Marker(said["marker"]).evaluate(dict(target.environment)):
            found.append(" ".join((said["pin"], *hashes)))
    return found
