"""What a data folder holds: its servers and their ports, the same whenever it comes back."""

import random
import socket
from pathlib import Path

import pytest

from deploy.servers.plan import Plan, Ports, Wish, addresses, load, save, widened
from deploy.servers.ports import HIGHEST, LOWEST, answers, free_port, is_free
from deploy.servers.unable import Unable

HELD = Plan((Ports(21_001, 21_002),), Ports(21_003, 21_004), "9.5.3")


def test_a_chosen_port_is_free_and_not_one_that_is_taken() -> None:
    """A port on which somebody listens is passed over."""
    seed = 7
    first = free_port(chance=random.Random(seed))
    with socket.create_server(("127.0.0.1", first)):
        second = free_port(chance=random.Random(seed))
        third = free_port({second}, chance=random.Random(seed))

        assert not is_free(first)
        assert answers(first)
    assert len({first, second, third}) == 3
    assert all(LOWEST <= port < HIGHEST for port in (first, second, third))


def test_where_no_port_is_free_the_sentence_says_how_to_name_one() -> None:
    """It does not look for ever."""
    with pytest.raises(Unable, match=r"--kafka-port.*SRV-108"):
        free_port(range(LOWEST, HIGHEST))


def test_a_folder_comes_back_with_its_ports(tmp_path: Path) -> None:
    """Clients keep the addresses that they were given."""
    plan = widened(Plan(), Wish(kafka=3, elastic="9.5.3"))
    save(tmp_path, plan)

    assert widened(load(tmp_path), Wish()) == plan
    assert len({port for one in plan.kafka for port in (one.clients, one.inner)}) == 6


def test_ports_that_are_named_are_taken() -> None:
    """Of three brokers the first one's; the others follow."""
    plan = widened(Plan(), Wish(kafka=3, elastic="9.5.3", kafka_port=31_990, elastic_port=31_980))

    assert addresses(plan) == {
        "kafka": "127.0.0.1:31990,127.0.0.1:31991,127.0.0.1:31992",
        "elastic": "http://127.0.0.1:31980",
    }


def test_a_server_can_join_a_folder_that_holds_another() -> None:
    """Tests that need only one start only one."""
    plan = widened(Plan((Ports(21_001, 21_002),)), Wish(elastic="8.7.1"))

    assert list(plan.names()) == ["kafka", "elastic"]
    assert plan.kafka == HELD.kafka
    assert plan.elastic_version == "8.7.1"


@pytest.mark.parametrize("wish", [Wish(kafka=3), Wish(elastic="8.7.1")])
def test_a_folder_never_changes_what_its_data_are_of(wish: Wish) -> None:
    """Data of 9.5.3 cannot be opened by 8.7.1, nor one broker's by three."""
    with pytest.raises(Unable, match=r"take another folder.*SRV-110"):
        widened(HELD, wish)


def test_the_names_of_three_brokers_are_counted() -> None:
    """The first is called as a single one is."""
    plan = widened(Plan(), Wish(kafka=3))

    assert list(plan.names()) == ["kafka", "kafka-2", "kafka-3"]
