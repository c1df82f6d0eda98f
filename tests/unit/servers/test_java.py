"""Which Java is taken for a server, and what is said where none fits."""

from pathlib import Path

import pytest

from deploy.servers.java import Java, every_java, java_for, major_of
from deploy.servers.unable import Unable

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only")


def a_java(home: Path, version: str, *, release: bool = True) -> Path:
    """A Java of a version lies there, by its release file or by its own word; returns its home."""
    command = home / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    command.chmod(0o755)
    if release:
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


def majors(environment: dict[str, str], system: Path, packaged: Path | None = None) -> list[int]:
    return [java.major for java in every_java(environment, (system,), lambda: packaged)]


def test_java_home_comes_before_the_path_the_system_and_the_package(tmp_path: Path) -> None:
    """Who sets JAVA_HOME means it; what pip installed is the last resort."""
    home, path = a_java(tmp_path / "home", "24.0.1"), a_java(tmp_path / "path", "17.0.15")
    a_java(tmp_path / "system" / "temurin", "21.0.8")
    packaged = a_java(tmp_path / "packaged", "25.0.2")
    environment = {"JAVA_HOME": str(home), "PATH": str(path / "bin")}

    assert majors(environment, tmp_path / "system", packaged) == [24, 17, 21, 25]


def test_the_first_java_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    """An older one that stands before it is passed over, not refused."""
    a_java(tmp_path / "a", "17.0.15")
    newer = a_java(tmp_path / "b", "21.0.8")

    taken = java_for(21, every_java({}, (tmp_path,), lambda: None))

    assert taken == Java((newer / "bin" / "java").resolve(), 21)


def test_one_java_under_two_names_is_looked_at_once(tmp_path: Path) -> None:
    """Debian has links beside its folders."""
    home = a_java(tmp_path / "jvm" / "java-17", "17.0.15")
    (tmp_path / "jvm" / "default").symlink_to(home)

    assert majors({"JAVA_HOME": str(home)}, tmp_path / "jvm") == [17]


@pytest.mark.parametrize(("version", "major"), [("25", 25), ("21.0.8", 21), ("1.8.0_412", 8), ("17.0.15", 17)])
@pytest.mark.parametrize("release", [True, False])
def test_the_major_version_is_read_or_asked(tmp_path: Path, version: str, major: int, release: bool) -> None:
    """A Java without a release file answers for itself."""
    assert major_of(a_java(tmp_path / "jdk", version, release=release)) == major


def test_a_folder_that_is_no_java_is_passed_over(tmp_path: Path) -> None:
    """JAVA_HOME may point to nowhere."""
    (tmp_path / "jvm" / "empty").mkdir(parents=True)

    assert majors({"JAVA_HOME": str(tmp_path / "gone")}, tmp_path / "jvm") == []


def test_without_a_java_that_fits_the_sentence_names_what_is_there_and_the_next_step() -> None:
    """One reads what is missing, what was found, and what to type."""
    with pytest.raises(Unable, match=r"needs Java 21 or newer; found: Java 17 at java17") as refused:
        java_for(21, iter([Java(Path("java17"), 17)]))

    assert refused.value.code == "SRV-101"
    assert "servers.py setup" in str(refused.value)
    assert str(refused.value).endswith("[SRV-101]")


def test_without_any_java_the_sentence_says_none() -> None:
    """A clean machine has none."""
    with pytest.raises(Unable, match="found: none"):
        java_for(17, iter(()))
