"""Why a Kafka does not let us in: each cause by a sentence of its own, where the client only says that time ran out."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest

from pipeline.adapters.kafka.handshake import what_is_wrong
from pipeline.adapters.kafka.settings import KafkaSettings

METADATA, HANDSHAKE, VERSIONS, AUTHENTICATE = 3, 17, 18, 36
HANGS_UP = b"hangs up"
OK = struct.pack(">h", 0)
PLAIN_ONLY = struct.pack(">i", 1) + struct.pack(">h", 5) + b"PLAIN"
TAKES_PLAIN: Mapping[int, bytes] = {VERSIONS: OK, HANDSHAKE: OK + PLAIN_ONLY}
Serve = Callable[[Mapping[int, bytes]], str]


@pytest.fixture(name="broker")
def a_scripted_broker() -> Iterator[Serve]:
    """A listener that answers each of Kafka's questions as it is told, and hangs up at any other."""
    listeners: list[socket.socket] = []

    def serve(answers: Mapping[int, bytes]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, answers), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, answers: Mapping[int, bytes]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            while head := client.recv(4):
                asked = client.recv(struct.unpack(">i", head)[0])
                api, _, number = struct.unpack(">hhi", asked[:8])
                if answers.get(api, HANGS_UP) == HANGS_UP:
                    break
                said = struct.pack(">i", number) + answers[api]
                client.sendall(struct.pack(">i", len(said)) + said)


def told(server: str, *, mechanism: str = "", tls: bool = False) -> str:
    user = "huiyin" if mechanism else ""
    return what_is_wrong(
        KafkaSettings((server,), mechanism=mechanism, user=user, password="a wrong secret" if user else "", tls=tls)
    )


def test_a_wrong_password_is_told_and_not_shown(broker: Serve) -> None:
    """Who was refused, and not with what."""
    refused = struct.pack(">h", 58) + struct.pack(">h", -1) + struct.pack(">i", 0)
    said = told(broker({**TAKES_PLAIN, AUTHENTICATE: refused}), mechanism="plain")

    assert "refuses user huiyin: wrong password, or no such user [BUS-303]" in said
    assert "a wrong secret" not in said


def test_a_broker_that_hangs_up_at_the_proof_has_refused_it(broker: Serve) -> None:
    """Some do not answer."""
    assert "refuses user huiyin" in told(broker({**TAKES_PLAIN, AUTHENTICATE: HANGS_UP}), mechanism="plain")


def test_a_mechanism_that_is_not_taken_is_told_with_those_that_are(broker: Serve) -> None:
    """The commonest mistake of all in a new cluster."""
    said = told(broker({VERSIONS: OK, HANDSHAKE: struct.pack(">h", 33) + PLAIN_ONLY}), mechanism="scram-sha-512")

    assert "does not take mechanism scram-sha-512; it takes plain [BUS-303]" in said


def test_a_listener_that_wants_a_user_is_told_from_one_that_wants_none(broker: Serve) -> None:
    """Each the other way round."""
    assert "lets nobody in without a user" in told(broker({VERSIONS: OK}))
    assert "asks nobody who he is on this port" in told(broker({VERSIONS: OK, METADATA: OK}), mechanism="plain")


def test_whoever_is_let_in_has_nothing_to_mend(broker: Serve) -> None:
    """With a user and without."""
    let_in = OK + struct.pack(">h", -1) + struct.pack(">i", 0)

    assert told(broker({VERSIONS: OK, METADATA: OK})) == ""
    assert told(broker({**TAKES_PLAIN, AUTHENTICATE: let_in}), mechanism="plain") == ""


def test_what_hangs_up_at_the_first_word_is_no_kafka(broker: Serve) -> None:
    """A web server, or a listener that wants TLS."""
    assert "does not speak as a Kafka does; check the port, and whether this listener wants" in told(broker({}))


def test_a_real_broker_is_asked_in_its_own_words(kafka_address: str) -> None:
    """One without users: who names one is told, who names none is let in."""
    server = kafka_address.partition(",")[0]

    assert told(server) == ""
    assert "asks nobody who he is on this port" in told(server, mechanism="scram-sha-256")
    assert "[BUS-319]" in told(server, tls=True)
