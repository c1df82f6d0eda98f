"""The servers' programs: no jar is started that is not the locked one, and a failing Maven is named."""

import hashlib
import os
from pathlib import Path

import pytest

from deploy.servers.jars import HERE, prepared, verify
from deploy.servers.java import Java
from deploy.servers.unable import Unable

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only")
JAVA = Java(Path("java"), 25)
SERVERS = ("kafka", "elastic-9.5.3", "elastic-8.7.1", "compiler")


@pytest.fixture
def laid_out(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with two jars, one of them in a module, and the list that names them."""
    jars = {"lib/one.jar": b"one", "modules/m/two.jar": b"two"}
    for name, content in jars.items():
        path = tmp_path / "program" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    listed = tmp_path / "jars.sha256"
    lines = (f"{hashlib.sha256(content).hexdigest()}  {Path(name).name}\n" for name, content in jars.items())
    listed.write_text("".join(lines))
    return tmp_path / "program", listed


def test_jars_that_are_the_locked_ones_are_accepted(laid_out: tuple[Path, Path]) -> None:
    """Wherever below the folder they lie, and beside a plugin that was made here."""
    folder, listed = laid_out
    own = folder / "plugins" / "root" / "root.jar"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"made here")

    verify("x", folder, listed)


@pytest.mark.parametrize("wrong", ["another", "missing", "too many"])
def test_a_jar_that_is_not_the_locked_one_is_refused_by_name(laid_out: tuple[Path, Path], wrong: str) -> None:
    """Another content, none at all, one that nobody locked."""
    folder, listed = laid_out
    jar = folder / "lib" / ("three.jar" if wrong == "too many" else "one.jar")
    if wrong == "missing":
        jar.unlink()
    else:
        jar.write_bytes(b"not what was locked")

    with pytest.raises(Unable, match=rf"{jar.name} is not what .*Nothing was started.*SRV-105"):
        verify("x", folder, listed)


@pytest.mark.parametrize("name", SERVERS)
def test_every_version_is_exact_and_every_jar_has_its_sum(name: str) -> None:
    """A range in a pom, or a list without the server itself, would lock nothing."""
    pom = (HERE / name / "pom.xml").read_text(encoding="utf-8")
    versions = [line.split(">")[1].split("<")[0] for line in pom.splitlines() if "<version>" in line]
    lines = (HERE / name / "jars.sha256").read_text(encoding="utf-8").splitlines()
    jars = [line.split()[1] for line in lines]

    assert len(versions) >= 2
    assert all(version.replace(".", "").isdigit() for version in versions)
    assert all(len(line.split()[0]) == 64 and "/" not in line for line in lines)
    assert len(jars) == len(set(jars))
    assert any(versions[1] in jar for jar in jars)


def test_without_maven_the_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next step stands in it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unable, match=r"Maven is not installed.*apt install maven.*SRV-103"):
        prepared("kafka", JAVA, tmp_path / "place")


def test_a_maven_that_fails_is_asked_twice_and_then_its_error_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One dropped connection is mended by asking again; nothing half lies in the program's place."""
    maven, asked = tmp_path / "mvn", tmp_path / "asked"
    maven.write_text(f"#!/bin/sh\necho once >> {asked}\necho '[ERROR] Could not transfer artifact'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(Unable, match=r"kafka: \[ERROR\] Could not transfer artifact.*SRV-104"):
        prepared("kafka", JAVA, tmp_path / "place")

    assert asked.read_text() == "once\nonce\n"
    assert not (tmp_path / "place" / "kafka").exists()
