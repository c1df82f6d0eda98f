"""Where no real server can be started a test is skipped and says why; CI fails."""

import socket
from pathlib import Path

import pytest

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from tests.servers import fresh_prefix, refuse, running


def test_a_machine_without_java_or_maven_skips_with_the_reason() -> None:
    """The reason is what the command would have said."""
    with pytest.raises(pytest.skip.Exception, match="no real server: Maven is not installed"):
        refuse("Maven is not installed", {})


def test_on_ci_the_same_is_a_failure() -> None:
    """A green run that started nothing would prove nothing."""
    with pytest.raises(pytest.fail.Exception, match="no real server: Maven is not installed"):
        refuse("Maven is not installed", {"CI": "true"})


@pytest.mark.skipif("sys.platform == 'win32'", reason="the servers are started on Linux and macOS only")
def test_what_the_servers_say_is_what_the_test_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the server that cannot start to the line of the report; nothing is left running."""
    monkeypatch.delenv("CI", raising=False)
    servers = Servers(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(pytest.skip.Exception, match=rf"no real server: port {port} .* is taken"):
            running(servers, Wish(kafka=1, kafka_port=port), 0.0)

    assert servers.process("kafka").pid is None


def test_each_module_has_a_prefix_of_its_own() -> None:
    """Lower case, as an index's name must be."""
    prefixes = {fresh_prefix() for _ in range(100)}

    assert len(prefixes) == 100
    assert all(prefix == prefix.lower() and prefix.isalnum() for prefix in prefixes)
