"""The sections of the cluster profile: which Kafka, which Elasticsearch; and what in them contradicts itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from .section import Section

Profile: TypeAlias = Literal["embedded", "cluster"]
Names: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]
Prefix: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""Topics and indices begin with it: what both servers take as a name."""
Problem: TypeAlias = tuple[tuple[str, ...], str]
"""The keys at which the problem stands, and its sentence with code."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST_PORT = 65_535


class Kafka(Section):
    """
    The brokers of the cluster profile. `security`: tls, or none; `mechanism`: how `user` proves himself, "" for nobody.

    The password comes from the environment (HUIYIN_KAFKA_PASSWORD) or from `password_file`, never from this file.
    `partitions` and `replication` hold for topics that Huiyin makes; those of a living topic are never changed.
    """

    servers: Names = ()
    prefix: Prefix = "huiyin"
    partitions: Annotated[int, Field(ge=1, le=1_000)] = 6
    replication: Annotated[int, Field(ge=1, le=7)] = 3
    security: Literal["none", "tls"] = "none"
    mechanism: Literal["", "plain", "scram-sha-256", "scram-sha-512"] = ""
    user: str = ""
    password_file: str = ""
    ca_file: str = ""


class Elasticsearch(Section):
    """
    The Elasticsearch of the cluster profile: addresses of its nodes; who asks is `user` with a password, or an API key.

    Secrets come from HUIYIN_ELASTICSEARCH_PASSWORD and HUIYIN_ELASTICSEARCH_API_KEY or from the files that are named.
    `snapshots` is the name of the snapshot repository that backups go to; without it there is no backup.
    """

    urls: Names = ()
    prefix: Prefix = "huiyin"
    replicas: Annotated[int, Field(ge=0, le=5)] = 1
    user: str = ""
    password_file: str = ""
    api_key_file: str = ""
    ca_file: str = ""
    snapshots: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the cluster profile keeps everything."""

    kafka: Kafka
    elastic: Elasticsearch


def contradictions(values: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what each section of the cluster says against itself or the profile; a section with wrong values not."""
    profile = values.get("profile", "embedded")
    kafka, elastic = values.get("kafka", {}), values.get("elasticsearch", {})
    if profile == "embedded":
        yield from _without_profile(kafka, elastic)
    try:
        brokers = Kafka.model_validate(kafka)
    except ValidationError:
        pass
    else:
        yield from _of_kafka(brokers, is_needed=profile == "cluster")
    try:
        nodes = Elasticsearch.model_validate(elastic)
    except ValidationError:
        pass
    else:
        yield from _of_elastic(nodes, is_needed=profile == "cluster")
    if profile == "cluster":
        yield from _of_data(values.get("data", {}))


def _without_profile(kafka: object, elastic: object) -> Iterator[Problem]:
    for section, key, table in (("kafka", "servers", kafka), ("elasticsearch", "urls", elastic)):
        if isinstance(table, Mapping) and table.get(key):
            says = (
                'is filled in, but profile is "embedded", which uses none: write profile = "cluster" above all sections'
            )
            yield (section,), f"{says}, or take [{section}] out. [CFG-160]"


def _of_kafka(kafka: Kafka, *, is_needed: bool) -> Iterator[Problem]:
    if is_needed and not kafka.servers:
        yield ("kafka", "servers"), 'is empty; name at least one broker, for example ["127.0.0.1:9092"]. [CFG-161]'
    for server in kafka.servers:
        if problem := _server_problem(server):
            yield ("kafka", "servers"), f"{server!r} {problem}. [CFG-162]"
    yield from _of_user(kafka)
    if kafka.ca_file and kafka.security == "none":
        yield ("kafka", "ca_file"), 'would be ignored, for security is "none"; write security = "tls". [CFG-163]'
    if kafka.mechanism == "plain" and kafka.security == "none" and not _is_here(kafka.servers):
        says = 'plain would send the password in clear over the network; write security = "tls" or a scram mechanism'
        yield ("kafka", "mechanism"), f"{says}. [CFG-164]"


def _of_user(kafka: Kafka) -> Iterator[Problem]:
    if kafka.mechanism and not kafka.user:
        yield ("kafka", "mechanism"), "is given without a user; name the user, or take the mechanism out. [CFG-163]"
    if kafka.user and not kafka.mechanism:
        says = 'is given without a mechanism; write mechanism = "scram-sha-512", or what your brokers ask for'
        yield ("kafka", "user"), f"{says}. [CFG-163]"
    if kafka.password_file and not kafka.user:
        yield ("kafka", "password_file"), "is given without a user; name the user, or take it out. [CFG-163]"


def _of_elastic(elastic: Elasticsearch, *, is_needed: bool) -> Iterator[Problem]:
    if is_needed and not elastic.urls:
        yield (
            ("elasticsearch", "urls"),
            'is empty; name at least one node, for example ["http://127.0.0.1:9200"]. [CFG-161]',
        )
    for url in elastic.urls:
        if problem := _url_problem(url):
            yield ("elasticsearch", "urls"), f"{problem}. [CFG-162]"
    if elastic.user and elastic.api_key_file:
        says = "and user are both given, and only one can be used; take one of them out"
        yield ("elasticsearch", "api_key_file"), f"{says}. [CFG-163]"
    if elastic.password_file and not elastic.user:
        yield ("elasticsearch", "password_file"), "is given without a user; name the user, or take it out. [CFG-163]"
    yield from _of_tls(elastic)


def _of_tls(elastic: Elasticsearch) -> Iterator[Problem]:
    plain = [url for url in elastic.urls if url.startswith("http://")]
    if elastic.ca_file and elastic.urls and len(plain) == len(elastic.urls):
        yield (
            ("elasticsearch", "ca_file"),
            "would be ignored, for every url begins with http://; write https://. [CFG-163]",
        )
    far = [url for url in plain if urlsplit(url).hostname not in LOOPBACK]
    if far and (elastic.user or elastic.api_key_file):
        says = "who asks would be sent in clear over the network; write https://"
        yield ("elasticsearch", "urls"), f"{far[0]}: {says}. [CFG-164]"


def _of_data(data: object) -> Iterator[Problem]:
    if isinstance(data, Mapping) and data.get("second_backups"):
        says = (
            "would be ignored: a backup of the cluster is a snapshot of Elasticsearch; keep a second repository there"
        )
        yield ("data", "second_backups"), f"{says}, and take this key out. [CFG-163]"


def _server_problem(server: str) -> str:
    if "://" in server:
        return "is no broker: write host:port without a scheme"
    host, colon, port = server.rpartition(":")
    if not (colon and host):
        return "has no port: write host:port, usually 9092"
    if not (port.isdecimal() and 0 < int(port) <= LARGEST_PORT):
        return "has no port that can be: write a number from 1 to 65535 behind the colon"
    return ""


def _url_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"{url!r} is no address: write https://host:9200"
    if parts.username or parts.password:
        return "an address with a user or password in it: write them as user and password_file"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{url!r} is no address: write https://host:9200"
    if port == 0:
        return f"{url!r} has no port that can be: usually 9200"
    return ""


def _is_here(servers: Sequence[str]) -> bool:
    """Whether every broker is on this machine, where nobody listens on the way."""
    return all(server.rpartition(":")[0].strip("[]") in LOOPBACK for server in servers)
