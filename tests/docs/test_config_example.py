"""The shipped examples are valid, and the operator's file shows every key that there is."""

import shutil
import tomllib
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from api.bundled import bundled_lines
from api.cli.installation import open_installation
from api.config import Config, read_config
from api.settings import read_folder
from pipeline.domain.service_line import read_lines

DEPLOY = Path(__file__).parents[2] / "deploy"
EXAMPLE = DEPLOY / "config.example.toml"
CLUSTER = DEPLOY / "config.cluster.example.toml"


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys_of(inner, f"{name}.")
        else:
            yield before + name


def keys_in(table: dict[str, object], before: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from keys_in(value, f"{name}.")
        else:
            yield before + name


def test_the_example_is_valid_and_names_an_existing_settings_folder() -> None:
    """The README's command reads this very file."""
    config = read_config(EXAMPLE)

    assert Path(config.settings).is_dir()
    assert config.web.host == "127.0.0.1"
    assert not config.crawl.contact  # nobody crawls in another's name; `huiyin check` asks for it


def shown_in(path: Path) -> set[str]:
    return set(keys_in(tomllib.loads(path.read_text(encoding="utf-8"))))


def test_the_examples_show_every_key_of_the_operators_file() -> None:
    """Whoever copies one need not read the source: of the cluster's sections only the cluster's example speaks."""
    of_cluster = {key for key in keys_of(Config) if key.startswith(("kafka.", "elasticsearch."))}

    assert shown_in(EXAMPLE) == set(keys_of(Config)) - of_cluster
    assert of_cluster <= shown_in(CLUSTER) <= set(keys_of(Config))


def test_the_example_of_the_cluster_is_valid_and_crawls_in_nobodys_name() -> None:
    """Encrypted to both servers, with secrets in one folder of their own."""
    config = read_config(CLUSTER)

    assert config.profile == "cluster"
    assert config.kafka.security == "tls"
    assert all(url.startswith("https://") for url in config.elasticsearch.urls)
    assert config.data.secrets != config.data.folder
    assert not config.crawl.contact


def test_the_example_settings_can_be_applied() -> None:
    """Unit, places, recipients, offices, the bundled business lines, and one source."""
    tables = read_folder(DEPLOY / "settings.example")

    assert {"unit", "places", "recipients", "offices"} <= tables.keys()
    assert read_lines(tables["lines"]) == bundled_lines()
    assert any(key.startswith("source/") for key in tables)


def test_the_example_source_is_off_and_names_nobody_real() -> None:
    """Nothing is crawled before somebody has put in a real address and a review of his own."""
    sources = [table for key, table in read_folder(DEPLOY / "settings.example").items() if key.startswith("source/")]

    assert all(source["enabled"] is False for source in sources)
    assert all(".example" in str(source["url"]) for source in sources)


def test_an_installation_starts_from_the_example(tmp_path: Path) -> None:
    """A copy of the folder as it is: stores are made, and the settings hold."""
    shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("data", "backups"))
    here = open_installation(Namespace(config=str(tmp_path / "deploy" / EXAMPLE.name)))
    try:
        assert list(here.settings.units) == ["yunxi-mz"]
        assert (tmp_path / "deploy" / "data" / "huiyin.db").is_file()
    finally:
        here.stores.close()
