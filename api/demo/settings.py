"""The settings of the demo unit 云汐县民政局, with its sources pointed at a running site."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

PLACEHOLDER = "http://demo.invalid"
"""What the manifests say instead of the site's address, which is known only when the site runs."""


def source_texts(site: str) -> Mapping[str, str]:
    """Return the source manifests as TOML by their file names, at the address of a running site."""
    folder = resources.files("api.demo") / "sources"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)
    return {entry.name: entry.read_text(encoding="utf-8").replace(PLACEHOLDER, site) for entry in entries}


def write_settings(folder: Path, site: str) -> None:
    """The folder holds the demo unit's settings as `huiyin apply` reads them, its sources at the site's address."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    for entry in (resources.files("api.demo") / "unit").iterdir():
        if entry.name.endswith(".toml"):
            (folder / entry.name).write_text(entry.read_text(encoding="utf-8"), encoding="utf-8")
    for name, text in source_texts(site).items():
        (folder / "sources" / name).write_text(text, encoding="utf-8")
