"""`huiyin user`: accounts from the terminal; links and tokens are shown once, passwords never."""

import io
import json
import re
from pathlib import Path

import pytest

from api import bootstrap
from api.accounts.people import people_of
from api.cli import main

PASSWORD = "reception desk 县 7"


@pytest.fixture(name="config")
def a_config(tmp_path: Path) -> str:
    path = tmp_path / "huiyin.toml"
    path.write_text('[data]\nfolder = "data"\n[web]\nport = 18765\n')
    return str(path)


def user(config: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["user", *arguments, "--config", config])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_the_first_link_and_an_account_with_its_own(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No account has a password before its owner sets one."""
    code, told = user(config, capsys, "link")
    assert code == 0
    assert re.search(r"http://127\.0\.0\.1:18765/link/[\w-]{43}\n", told)
    code, told = user(config, capsys, "add", "wang", "--roles", "duty,monitor", "--units", "yunxi-mz")

    assert code == 0
    assert "without a password" in told
    assert "/link/" in told
    assert "say whose link" in user(config, capsys, "link")[1]


def test_what_is_listed_holds_no_secret(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither hash nor token nor password."""
    user(config, capsys, "add", "wang", "--roles", "duty", "--units", "yunxi-mz", "--display", "值班台")
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    code, told = user(config, capsys, "password", "wang")
    assert (code, "tokens would stay valid" in told) == (0, True)
    token = user(config, capsys, "token", "wang", "--days", "3", "--reason", "feed")[1].split()[-1]
    rows = json.loads(user(config, capsys, "list", "--json")[1])

    assert [(row["id"], row["name"], row["state"]) for row in rows] == [("wang", "值班台", "active")]
    assert rows[0]["tokens"][0]["purpose"] == "feed"
    plain = user(config, capsys, "list")[1]
    for secret in (token, PASSWORD, "argon2"):
        assert secret not in plain + json.dumps(rows)


def test_roles_disable_enable_logout_and_revoke(
    config: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each says what it did; a revoked token is gone."""
    user(config, capsys, "add", "wang", "--roles", "duty", "--units", "yunxi-mz")
    user(config, capsys, "token", "wang")
    token = json.loads(user(config, capsys, "list", "--json")[1])[0]["tokens"][0]["id"]

    assert "leader" in user(config, capsys, "roles", "wang", "--roles", "leader,duty")[1]
    assert "disabled" in user(config, capsys, "disable", "wang")[1]
    assert "enabled" in user(config, capsys, "enable", "wang")[1]
    told = user(config, capsys, "logout", "wang")[1]
    assert "ended" in told
    assert f"its tokens stay valid: {token}; `huiyin user token wang --revoke ID`" in told
    assert user(config, capsys, "token", "wang", "--revoke", token)[0] == 0
    stores = bootstrap.open_stores(bootstrap.Folder(tmp_path / "data"))
    account = people_of(stores.records, stores.clock).accounts.get("wang")
    assert account is not None
    assert (account.roles, account.generation) == (frozenset({"leader", "duty"}), 3)
    assert people_of(stores.records, stores.clock).tokens.of("wang") == []
    stores.close()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("disable",), "ACC-105"), (("disable", "nobody"), "ACC-103"), (("add", "Wang", "--roles", "duty"), "ACC-101"),
     (("add", "wang", "--roles", "boss", "--units", "u1"), "ACC-101"), (("link", "nobody"), "ACC-103")],
)  # fmt: skip
def test_a_mistake_is_named_and_nothing_changes(
    config: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    """With the code that the runbook explains."""
    status, told = user(config, capsys, *arguments)

    assert status == 2
    assert f"[{code}]" in told
    assert "no account yet" in user(config, capsys, "list")[1]


def test_plain_http_on_the_network_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`huiyin serve` ends with the sentence that says what to do."""
    path = tmp_path / "huiyin.toml"
    path.write_text('[data]\nfolder = "data"\n[web]\nhost = "0.0.0.0"\n')

    assert main(["check", "--config", str(path)]) == 2
    assert "[CFG-130]" in capsys.readouterr().out
    assert main(["serve", "--config", str(path)]) == 2
    told = capsys.readouterr().err
    assert "self-made" in told
    assert "[CFG-130]" in told
