"""Whose the packages are: a foreign distribution over ours, a damaged file and a wrong path are all told."""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

from api.ownership import PACKAGES, Ownership, ownership

VERSION = "2026.11.0"


def install(site: Path, name: str, packages: tuple[str, ...], **extra: str) -> None:
    """A distribution of these packages lies in the folder, with the hashes of its files in RECORD."""
    lines = []
    for package in packages:
        (site / package).mkdir(parents=True, exist_ok=True)
        data = f'"""{package} of {name}."""\n'.encode()
        (site / package / "__init__.py").write_bytes(data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{package}/__init__.py,sha256={digest},{len(data)}")
    info = site / f"{name}-{VERSION}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n", encoding="utf-8")
    (info / "RECORD").write_text("\n".join([*lines, f"{info.name}/RECORD,,"]) + "\n", encoding="utf-8")
    for file, text in extra.items():
        (info / f"{file}.json").write_text(text, encoding="utf-8")


def found(site: Path, **elsewhere: Path | None) -> Ownership:
    """Return whose the packages are, each imported from the folder unless said otherwise."""
    located: Mapping[str, Path | None] = {package: site / package for package in PACKAGES} | elsewhere
    return ownership(distributions(path=[str(site)]), located)


def test_packages_as_they_were_installed_are_well(tmp_path: Path) -> None:
    """The version is named."""
    install(tmp_path, "huiyin", PACKAGES)

    assert found(tmp_path) == Ownership(VERSION)


def test_a_foreign_distribution_that_wrote_over_a_package_is_told(tmp_path: Path) -> None:
    """Both ways: it owns the package too, and the file is not the one that was installed."""
    install(tmp_path, "huiyin", PACKAGES)
    install(tmp_path, "pipeline", ("pipeline",))
    owned, damaged = found(tmp_path).problems

    assert "the distribution pipeline 2026.11.0 installs a package 'pipeline' over Huiyin's" in owned
    assert "1 files are missing or not as they were installed (pipeline/__init__.py)" in damaged


def test_a_file_that_an_uninstallation_took_along_is_told(tmp_path: Path) -> None:
    """What is left is a package without its first file, which Python imports without a word."""
    install(tmp_path, "huiyin", PACKAGES)
    (tmp_path / "pipeline" / "__init__.py").unlink()
    gone, damaged = found(tmp_path, pipeline=None).problems

    assert "'pipeline' is not where it was installed" in gone
    assert "pipeline/__init__.py" in damaged


def test_a_package_that_comes_from_another_folder_is_told(tmp_path: Path) -> None:
    """Whatever lies first on the path wins."""
    install(tmp_path, "huiyin", PACKAGES)
    (problem,) = found(tmp_path, api=tmp_path / "elsewhere" / "api").problems

    assert "Python takes the package 'api' from" in problem


def test_an_editable_installation_is_fine_and_said_so(tmp_path: Path) -> None:
    """Its files are those of the tree, which may change; another place than the tree is told."""
    tree = tmp_path / "tree"
    said = json.dumps({"url": tree.as_uri(), "dir_info": {"editable": True}})
    install(tmp_path / "site", "huiyin", (), direct_url=said)
    located = {package: tree / package for package in PACKAGES}
    every = list(distributions(path=[str(tmp_path / "site")]))

    assert ownership(every, located) == Ownership(f"{VERSION}, editable, from {tree}")
    assert len(ownership(every, located | {"api": tmp_path / "api"}).problems) == 1


def test_a_source_tree_that_was_never_installed_is_said_to_be_one(tmp_path: Path) -> None:
    """No distribution, no hashes to compare."""
    assert found(tmp_path).installed == "not installed; it runs from its source tree"
