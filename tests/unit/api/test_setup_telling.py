"""The fifth step: hours, mail and recipients in one form; the password lies in a file of its own, and nowhere else."""

import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api import bootstrap
from api.config import Config, Data, Mail
from api.notify.live_channels import LiveChannels
from api.notify.mail_server import PASSWORD_FILE, MailDesk
from api.settings.change import Wanted, change_setting
from api.settings.installation import MailSetting, mail_set
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Recipient
from pipeline.workflow.settings import SETTING
from tests.http_house import UNIT, HttpHouse
from tests.page_house import hidden_in
from tests.smtp_server import Mailbox, smtp_server

SECRET = "authorisation-code-7Q"
PERSON: dict[str, Any] = {
    "to.0": "wangmin@yunxi.example",
    "account.0": "wangmin",
    "channel.0": "mail",
    "roles.0": ["duty"],
}
OVER_TLS = {"mail_sender": "huiyin@163.com", "mail_password": SECRET}


class House(HttpHouse):
    """A unit whose administrator `wangmin` is at the fifth step; its data lie in a folder."""

    def __init__(self, folder: Path, **config: Any) -> None:
        super().__init__(config=Config(data=Data(folder=str(folder)), **config))
        self.hire("wangmin", "admin", "duty")
        self.officer = self.browser("wangmin")

    def sends(self, path: str = "", /, **typed: Any) -> Any:
        """The form is sent as a browser would: what it holds, and what was typed."""
        page = self.officer.get(f"/u/{UNIT}/setup/telling").text
        fields = {"row": ["0", "1"], "morning_from": "09:00", "morning_to": "12:00"}
        fields |= {"afternoon_from": "14:30", "afternoon_to": "17:30"}
        held = {name: value for name, value in hidden_in(page).items() if name.endswith("_revision")}
        return self.officer.post(f"/u/{UNIT}/setup/telling{path}", data={**fields, **held, **typed})

    def table(self, key: str, unit: str = UNIT) -> str:
        """Return what is stored of a setting; "" where nothing is."""
        record = self.stores.records.get(SETTING, unit, key)
        return record.value if record else ""


@pytest.fixture(name="house")
def a_house(tmp_path: Path) -> House:
    """No mail, nobody told."""
    return House(tmp_path)


def local(port: int) -> Mapping[str, str]:
    to = {"mail_sender": "huiyin@yunxi.example", "mail_test_to": "wangmin@yunxi.example"}
    return {**to, "mail_host": "localhost", "mail_port": str(port), "mail_security": "none"}


def test_recipients_and_hours_hold_and_the_end_comes(house: House) -> None:
    """One recipient for each role; usual hours are not written as the unit's own."""
    answer = house.sends(**{**PERSON, "roles.0": ["duty", "leader"]})
    own = house.service.settings.units[UNIT]

    assert answer.headers["location"] == f"/u/{UNIT}/setup/ready"
    assert [(one.account, one.role, one.to) for one in own.recipients] == [
        ("wangmin", "duty", "wangmin@yunxi.example"),
        ("wangmin", "leader", "wangmin@yunxi.example"),
    ]
    assert house.table("calendar") == ""


def test_other_hours_are_the_units_own(house: House) -> None:
    """Also of half a day."""
    house.sends(morning_from="08:30", afternoon_from="", afternoon_to="")

    assert house.table("calendar") == '{"hours":["08:30-12:00"]}'


def test_who_has_no_account_is_told_under_a_name_of_his_address(house: House) -> None:
    """A leader who never logs in."""
    house.sends(**{**PERSON, "account.0": "", "to.0": "zhang.juzhang@yunxi.example", "roles.0": ["leader"]})

    assert house.service.settings.units[UNIT].recipients == (
        Recipient("zhang.juzhang", "leader", "mail", "zhang.juzhang@yunxi.example"),
    )


def test_nobody_is_proposed_as_a_leader_who_is_none(tmp_path: Path) -> None:
    """A leader is told of complaints about staff before anybody decided (DESIGN §1.8)."""
    house = House(tmp_path)
    house.hire("lead", "admin", "leader")
    chosen = [
        browser.get(f"/u/{UNIT}/setup/telling").text.count('value="leader" checked')
        for browser in (house.officer, house.browser("lead"))
    ]

    assert chosen == [0, 1]


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"to.0": "wangmin@"}, "请填邮箱地址"),
        ({"roles.0": []}, "告诉他什么"),
        ({"account.0": "王敏"}, "登录账号只能用字母"),
        ({"morning_from": "12:30"}, "要从早到晚"),
        ({"morning_from": "", "morning_to": "", "afternoon_from": "", "afternoon_to": ""}, "至少填半天"),
        ({"mail_sender": "王敏"}, "发件邮箱要像"),
        ({"mail_sender": "huiyin@163.com"}, "请填邮箱密码或授权码"),
        ({**OVER_TLS, "mail_host": "http://smtp.163.com"}, "只写名称"),
        ({**OVER_TLS, "mail_port": "70000"}, "1 到 65535"),
        ({**OVER_TLS, "mail_security": "none"}, "不加密只限"),
    ],
)
def test_one_slip_saves_nothing_and_keeps_everything_but_the_password(
    house: House, slip: Mapping[str, Any], said: str
) -> None:
    """Every problem stands beside its field."""
    refused = house.sends(**{**PERSON, **slip})

    assert refused.status_code == 422
    assert said in refused.text
    assert SECRET not in refused.text
    assert (house.table("recipients"), house.table("mail", ""), house.table("calendar")) == ("", "", "")


def test_server_port_and_account_follow_from_the_senders_address(house: House) -> None:
    """Two fields are typed; a provider's server is known, another domain's is proposed."""
    assert house.sends(**OVER_TLS).status_code == 303
    found = mail_set(house.stores.records)

    assert found is not None
    assert (found.host, found.port, found.security, found.user) == ("smtp.163.com", 465, "tls", "huiyin@163.com")


def test_the_password_lies_in_one_file_that_only_its_owner_reads(house: House, tmp_path: Path) -> None:
    """In no record, no history, no page; the file is none of those that a backup copies."""
    house.sends(**OVER_TLS)
    records = [record for kind in (SETTING, "setup") for record in house.stores.records.list(kind)]
    history = house.stores.records.history(SETTING, "", "mail")
    pages = [house.officer.get(f"/u/{UNIT}/{path}").text for path in ("setup/telling", "setup/ready", "settings")]

    assert stat.S_IMODE((tmp_path / PASSWORD_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if SECRET in path.read_text()] == [PASSWORD_FILE]
    assert SECRET not in "".join([*(one.value for one in (*records, *history)), *pages])
    assert SECRET not in repr(house.service.mail.server())


def test_a_kept_password_is_not_given_to_another_server(house: House) -> None:
    """Who changes the name of the server types the password again, or is refused."""
    house.sends(**OVER_TLS)
    refused = house.sends(mail_sender="huiyin@163.com", mail_host="smtp.elsewhere.example")
    found = mail_set(house.stores.records)

    assert refused.status_code == 422
    assert found is not None
    assert found.host == "smtp.163.com"
    assert house.service.mail.has_password(found)


def test_a_letter_goes_out_and_the_servers_answer_is_shown(house: House) -> None:
    """Word by word, and what was typed holds from then on."""
    with smtp_server(Mailbox(data_says="250 queued as 7A")) as box:
        page = house.sends("/letter", **local(box.port))

    assert page.status_code == 200
    assert "对方服务器收下了这封信" in page.text
    assert "250 queued as 7A" in page.text
    assert box.letters[0]["To"] == "wangmin@yunxi.example"
    assert "回音发出的测试邮件" in box.letters[0].get_content()
    assert mail_set(house.stores.records) is not None


def test_a_refusal_is_shown_word_by_word(house: House) -> None:
    """With the next step in plain words."""
    with smtp_server(Mailbox(recipient_says="550 5.1.1 no such user here")) as box:
        page = house.sends("/letter", **local(box.port))

    assert "不接受这个收件邮箱" in page.text
    assert "550 5.1.1 no such user here" in page.text


def test_letters_as_trials_are_counted(house: House) -> None:
    """The form knocks at no more than twenty doors an hour."""
    with smtp_server(Mailbox()) as box:
        codes = [house.sends("/letter", **local(box.port)).status_code for _ in range(21)]

    assert codes == [200] * 20 + [429]


def test_the_operators_server_wins_and_cannot_be_typed_over(tmp_path: Path) -> None:
    """The page says whose it is; a test can be sent."""
    with smtp_server(Mailbox()) as box:
        mail = Mail(host="localhost", port=box.port, security="none", sender="it@yunxi.example")
        house = House(tmp_path, mail=mail)
        assert "由这台机器的配置文件" in house.officer.get(f"/u/{UNIT}/setup/telling").text
        assert house.sends(**OVER_TLS).status_code == 303
        assert house.sends("/letter", mail_test_to="wangmin@yunxi.example").status_code == 200

    assert mail_set(house.stores.records) is None
    assert box.letters[0]["From"].addresses[0].addr_spec == "it@yunxi.example"


def test_a_running_clock_uses_what_was_typed_with_its_next_letter(house: House) -> None:
    """No restart: the channel is there as soon as the setting is, and gone with it."""
    channels = LiveChannels([], MailDesk(house.service.mail.config, house.stores.records).server, house.clock)
    assert "mail" not in channels
    house.sends(**OVER_TLS)
    assert list(channels) == ["mail"]
    wanted = Wanted("", "mail", None, 1)
    change_setting(house.stores.records, house.clock, wanted, author="test", reason="")

    assert "mail" not in channels


def test_a_mail_server_that_cannot_be_is_refused_also_past_the_page(house: House) -> None:
    """Every problem at once."""
    bad = {"host": "a b", "port": 0, "security": "ssl", "sender": "nobody", "password": SECRET}
    with pytest.raises(BadInput) as refusal:
        change_setting(house.stores.records, house.clock, Wanted("", "mail", bad, 0), author="test", reason="")

    assert all(name in str(refusal.value) for name in ("host:", "port:", "security:", "sender:", "password:"))
    assert SECRET not in str(refusal.value)


def test_no_backup_holds_the_password(tmp_path: Path) -> None:
    """It is typed again after a restore, like every secret."""
    config = Config(data=Data(folder=str(tmp_path / "data"), backups=str(tmp_path / "backups")))
    stores = bootstrap.open_stores(bootstrap.folder_of(config))
    with closing(stores):
        desk = MailDesk(config, stores.records)
        desk.keep_password(MailSetting("smtp.163.com", 465, "tls", "huiyin@163.com", "huiyin@163.com"), SECRET)
        made = bootstrap.back_up_now(config, stores)

    assert SECRET in (tmp_path / "data" / PASSWORD_FILE).read_text(encoding="utf-8")
    assert not any(SECRET.encode() in path.read_bytes() for path in made.rglob("*") if path.is_file())
