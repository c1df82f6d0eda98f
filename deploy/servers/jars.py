"""
The servers' own programs: brought once by Maven, exact versions, each jar known by its sha256; launchers compiled here.

They lie below `servers/` at the repository's root, which git ignores. A folder is made beside its place and moved there
when it is whole, so nobody ever starts a half of it.
"""

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.servers.java import ROOT, Java
from deploy.servers.unable import Unable

HERE = Path(__file__).parent
PLACE = ROOT / "servers"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
MAVEN_SECONDS = 300
COMPILE_SECONDS = 120
PATIENCE = ("-Dmaven.wagon.http.retryHandler.count=3", "-Dmaven.wagon.rto=60000")
MODULE = ("netty-", "transport-netty4-")
"""Elasticsearch loads these as a module of its own, in a folder with a descriptor."""


def prepared(name: str, java: Java, place: Path = PLACE) -> Path:
    """
    Return the folder of a server's program, whole and checked; the first time Maven brings its jars.

    Raises:
        Unable: no Maven, no connection, or a jar that is not the one that was locked.
    """
    place.mkdir(parents=True, exist_ok=True)
    with held(place / f"{name}.lock"):
        folder = place / name
        if not _is_of_these_sources(folder, name):
            made = place / f".{name}.new"
            shutil.rmtree(made, ignore_errors=True)
            _fetch(name, made / "lib", java)
            verify(name, made)
            if name.startswith("elastic-"):
                _lay_out(name, made, java, place)
            (made / "sources").write_text(_sources(name), encoding="utf-8")
            _replace(folder, made)
        else:
            verify(name, folder)
    return folder


def verify(name: str, folder: Path, listed: Path | None = None) -> None:
    """
    Every jar of the list lies below the folder, each as it was locked, and no other jar but the one made here.

    Raises:
        Unable: one differs, one is missing, or one is too many.
    """
    lines = (listed or HERE / name / "jars.sha256").read_text(encoding="utf-8").splitlines()
    wanted = {jar: digest for digest, jar in (line.split() for line in lines)}
    there = {path.name: path for path in folder.rglob("*.jar") if path.parts[-3] != "plugins"}
    wrong = sorted(
        jar
        for jar in wanted.keys() | there.keys()
        if jar not in wanted or jar not in there or wanted[jar] != hashlib.sha256(there[jar].read_bytes()).hexdigest()
    )
    if wrong:
        raise Unable(
            "SRV-105",
            f"{name}: {', '.join(wrong[:3])} is not what deploy/servers/{name}/jars.sha256 names. "
            f"Nothing was started; remove {folder} and Maven's copy, then try again",
        )


def _replace(folder: Path, made: Path) -> None:
    """The new folder stands in the place of the old one at once: a server that runs may yet open a jar there."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    made.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """One process at a time is inside; a lock of one that died is free."""
    import fcntl  # there is none on Windows, where the servers are not started

    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(name: str, into: Path, java: Java) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unable(
            "SRV-103", "Maven is not installed, and the servers' jars come by it. Install it: apt install maven"
        )
    command = [maven, "-q", "-B", "-U", "-f", str(HERE / name / "pom.xml"), PLUGIN, f"-DoutputDirectory={into}"]
    environment = dict(os.environ)
    if "JAVA_HOME" not in environment and shutil.which("java") is None:
        environment["JAVA_HOME"] = str(java.command.parents[1])
    for is_last in (False, True):
        shutil.rmtree(into, ignore_errors=True)
        cause = _cause_of_failure([*command, "-DincludeScope=runtime", *PATIENCE], environment)
        if not cause:
            return
        if is_last:
            raise Unable("SRV-104", f"Maven could not bring {name}: {cause}. Check the connection, then try again")


def _cause_of_failure(command: list[str], environment: dict[str, str]) -> str:
    """Return why Maven failed; empty: it did not."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=MAVEN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it was not done within {MAVEN_SECONDS} s"
    if done.returncode == 0:
        return ""
    return next((line for line in done.stdout.splitlines() if line.startswith("[ERROR]")), "it said nothing")


def _lay_out(name: str, folder: Path, java: Java, place: Path) -> None:
    """The jars lie as Elasticsearch looks for them, and its launcher is compiled."""
    version = name.removeprefix("elastic-")
    module = folder / "modules" / "transport-netty4"
    module.mkdir(parents=True)
    for jar in sorted((folder / "lib").iterdir()):
        if jar.name.startswith(MODULE):
            jar.rename(module / jar.name)
    _describe(module, "transport-netty4", version, "org.elasticsearch.transport.netty4.Netty4Plugin")
    _compile(name, folder, java, place)
    plugin = folder / "plugins" / "root"
    plugin.mkdir(parents=True)
    classes = sorted((folder / "classes").glob("RootPlugin*.class"))
    if not classes:
        plugin.rmdir()
        return
    with zipfile.ZipFile(plugin / "root.jar", "w") as jar_file:
        for one in classes:
            jar_file.write(one, one.name)
            one.unlink()
    _describe(plugin, "root", version, "RootPlugin")


def _describe(folder: Path, name: str, version: str, class_name: str) -> None:
    lines = {
        "name": name,
        "description": name,
        "version": version,
        "elasticsearch.version": version,
        "java.version": "17",
        "classname": class_name,
        "has.native.controller": "false",
    }
    text = "".join(f"{key}={value}\n" for key, value in lines.items())
    (folder / "plugin-descriptor.properties").write_text(text, encoding="utf-8")


def _compile(name: str, folder: Path, java: Java, place: Path) -> None:
    """The Java sources of a server lie compiled in `classes`: by a compiler that runs on a plain runtime too."""
    compiler = prepared("compiler", java, place)
    jars = [str(path) for path in sorted((folder / "lib").glob("*.jar"))]
    command = [str(java.command), "-jar", str(next((compiler / "lib").glob("ecj-*.jar"))), "-17", "-nowarn"]
    command += ["-cp", os.pathsep.join(jars), "-d", str(folder / "classes")]
    sources = [str(path) for path in sorted((HERE / name).glob("*.java"))]
    done = subprocess.run([*command, *sources], capture_output=True, text=True, timeout=COMPILE_SECONDS, check=False)
    if done.returncode:
        raise Unable("SRV-106", f"the launcher of {name} did not compile: {done.stderr.strip()[-500:]}")


def _sources(name: str) -> str:
    """Return the fingerprint of what a program is made from."""
    paths = sorted(path for path in (HERE / name).iterdir() if path.is_file())
    return "".join(
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in (*paths, Path(__file__))
    )


def _is_of_these_sources(folder: Path, name: str) -> bool:
    made_from = folder / "sources"
    return made_from.is_file() and made_from.read_text(encoding="utf-8") == _sources(name)
