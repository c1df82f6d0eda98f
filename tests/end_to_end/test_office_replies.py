"""An assignment from end to end: real stores, a real mail server, a real web server; the office has only its mail."""

import contextlib
import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import tomli_w

from api import bootstrap
from api.accounts.account import new_account
from api.cli.installation import Installation
from api.cli.serve import clockwork_of
from api.cli.service import web_service
from api.http.service import Service
from api.web import answering
from pipeline.domain.order import Order
from pipeline.domain.post import Origin, RawPost
from tests.end_to_end.kill_harness import install, installed
from tests.end_to_end.test_ways_in import free_port
from tests.office_house import JIUZHU, hidden_of
from tests.smtp_server import Mailbox, smtp_server

UNIT = "yunxi-mz"
SITE = "https://huiyin.yunxi.example"
LETTER = "青石镇的低保金这个月还没有发，请民政局管一管"
ROLES = frozenset({"duty", "leader"})


def installation(folder: Path, mail: int, web: int) -> Installation:
    """An installation with a mail server, a public address, and one office."""
    config = install(folder)
    settings = folder / "settings"
    (settings / "offices.toml").write_bytes(tomli_w.dumps({"office": [JIUZHU]}).encode())
    (settings / "notices.toml").write_bytes(tomli_w.dumps({"reminders": ["always"] * 4}).encode())
    text = config.read_text(encoding="utf-8")
    text += f'\n[mail]\nhost = "localhost"\nport = {mail}\nsecurity = "none"\nsender = "huiyin@yunxi.example"\n'
    text += f'\n[web]\nhost = "127.0.0.1"\nport = {web}\npublic_url = "{SITE}"\n'
    config.write_text(text, encoding="utf-8")
    return installed(config)


def a_matter(here: Installation, service: Service) -> str:
    """A message went through the whole thread, is an incident, and somebody works it; returns its id."""
    desk = service.desk
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    raw = RawPost(source="board", text=LETTER, native_id="m1", origin=Origin.MESSAGE)
    bootstrap.open_door(here.folder, here.stores, here.settings).admit([raw])
    worker.load()
    while worker.step().read:
        pass
    (incident,) = desk.state(UNIT).incidents
    does(service, "acknowledge", incident=incident)
    return incident


def does(service: Service, command: str, text: str = "", **fields: object) -> None:
    """The officer asks for a command."""
    service.clerk.carry_out(Order(UNIT, command, fields, "zhiban", ROLES, f"key-{command}", text))


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[Installation, Service, Mailbox, str]]:
    """The web service answers and the clock can beat while the block runs."""
    with smtp_server(Mailbox()) as box:
        port = free_port()
        here = installation(folder, box.port, port)
        service = web_service(here)
        service.people.accounts.add(new_account("zhiban", "", ("duty", "leader"), (UNIT,)), author="test")
        with answering(service, None):
            yield here, service, box, f"http://127.0.0.1:{port}"
        here.stores.close()


def link_in(box: Mailbox) -> str:
    """Return the path of the link in the newest letter, from its plain part; the other part has the same."""
    plain = box.letters[-1].get_body(("plain",))
    html = box.letters[-1].get_body(("html",))
    assert plain is not None
    assert html is not None
    (link,) = re.findall(rf"{SITE}/reply/[\w-]+", plain.get_content())
    assert link in html.get_content()
    return str(urlsplit(link).path)


def test_an_office_answers_by_its_mail_alone(tmp_path: Path) -> None:
    """Assign → mail → a scanner looks → 签收 → 反馈 with a file → the incident shows it; nothing unmasked anywhere."""
    with running(tmp_path) as (here, service, box, base):
        incident = a_matter(here, service)
        does(service, "assign_office", "请核实发放批次", incident=incident, office="jiuzhu")
        clockwork = clockwork_of(here)
        clockwork.beat()
        path = link_in(box)
        assert box.letters[-1]["To"] == "neiqin@yunxi.example"

        for method in ("HEAD", "GET"):
            assert asks(base, method, path)[0] == 200
        assert service.desk.state(UNIT).incidents[incident].assignments[0].received_at is None

        sends(base, path, "receive", {})
        sends(base, path, "answer", {"text": "已核实，联系人：张伟 13800000000，本月补发"}, b"%PDF-1.4 report")
        (task,) = service.desk.state(UNIT).incidents[incident].assignments
        assert task.received_at is not None
        assert task.answered_at is not None
        page = asks(base, "GET", path)[2]
        assert "本月补发" in page
        assert "13800000000" not in page

        shown = service.stores.log.batches_of(UNIT, incident)
        kept = [memo for batch in shown for one in batch.memos if (memo := here.stores.log.memo(UNIT, one)) is not None]
        assert any(memo.attachment and here.stores.blobs.get(memo.attachment) == b"%PDF-1.4 report" for memo in kept)
        clockwork.beat()
        assert len(box.letters) == 1
    left = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert b"13800000000" not in left
    assert link_in(box).rpartition("/")[2].encode() not in left


def asks(base: str, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
    """Return status, where it leads, and the page."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    connection.request(method, path, body or None, {"content-type": kind, "accept": "text/html"} if kind else {})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("location", ""), page


def sends(base: str, path: str, act: str, fields: dict[str, str], file: bytes = b"") -> None:
    """The form of the page is filled in and sent, as a browser does."""
    data = {**hidden_of(asks(base, "GET", path)[2], act), **fields}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in data.items()]
    if file:
        head = 'name="files"; filename="report.pdf"\r\nContent-Type: application/pdf'
        parts.append(f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{file.decode()}\r\n")
    body = "".join([*parts, "--b--\r\n"]).encode()
    status, leads_to, page = asks(base, "POST", path, body, "multipart/form-data; boundary=b")
    assert status == http.client.SEE_OTHER, page
    assert leads_to == path
