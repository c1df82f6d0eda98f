"""One account takes the place of another: nothing open is left with the old one, and no kill loses anything."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import bootstrap
from api.accounts.account import ACCOUNT, Account, Accounts, new_account
from api.accounts.people import people_of
from api.cli import main
from api.replacement import SUCCESSION, Replacing, renamed
from pipeline.domain.command import Command
from pipeline.domain.decide_replace import names_account
from pipeline.domain.errors import BadInput, Refused
from pipeline.domain.event import Batch, Notice
from pipeline.domain.incident import State
from pipeline.domain.order import Order
from pipeline.domain.replace_command import ReplaceAccount
from pipeline.ports import Record, Send
from pipeline.workflow.desk import Desk
from pipeline.workflow.settings import SETTING
from pipeline.workflow.succession import Places, places_of, take_places
from tests.http_house import UNIT
from tests.matters import DUTY, LEADER, OTHER, a_desk, a_row
from tests.page_house import EVERY, PageHouse
from tests.properties.desk_moves import any_command
from tests.stored import a_group, a_mention, a_post, work

OLD, NEW = "duty-1", "duty-2"
RECIPIENTS = [
    {"account": OLD, "role": "duty", "channel": "mail", "to": "old@yunxi.example"},
    {"account": OLD, "role": "leader", "channel": "journal"},
    {"account": NEW, "role": "duty", "channel": "journal"},
]


def replacing(house: PageHouse) -> Replacing:
    """Return what replaces accounts in the house."""
    return Replacing(house.stores, house.service.desk, house.people)


def set_recipients(house: PageHouse) -> None:
    """The unit tells the old account over two channels."""
    value = json.dumps({"recipient": RECIPIENTS})
    house.stores.records.put(Record(SETTING, UNIT, "recipients", 0, value, 1, "test", ""), expect=None)


def busy(house: PageHouse) -> tuple[str, str, str]:
    """The old account owns one incident, is offered a second, and shall sign a third; returns their ids."""
    owned, offered, to_sign = (house.opens(group=group) for group in ("g1", "g2", "g3"))
    for incident, who in ((owned, OLD), (offered, "leader-1")):
        house.does("acknowledge", incident=incident, by=who)
    house.does("offer_handover", incident=offered, to=OLD, by="leader-1")
    end = {"disposition": "filed", "verdict": "unverifiable", "second": OLD}
    house.does("settle", "存查", incident=to_sign, by="leader-1", **end)
    return owned, offered, to_sign


def test_everything_open_is_the_new_ones_and_the_old_one_is_out() -> None:
    """Incidents, offers, signatures, recipients; asked again there is nothing left to hand over."""
    house = PageHouse()
    set_recipients(house)
    owned, offered, to_sign = busy(house)
    done = replacing(house).replace(OLD, NEW, author="operator", reason="")
    assert done.places[UNIT] == Places((owned,), (offered,), (to_sign,))
    state = house.service.desk.state(UNIT)
    assert not len(places_of(state, f"account:{OLD}"))
    assert places_of(state, f"account:{NEW}") == done.places[UNIT]
    account = house.people.accounts.get(OLD)
    assert account is not None
    assert account.is_disabled
    assert OLD not in told(house)
    assert replacing(house).replace(OLD, NEW, author="operator", reason="").is_nothing


def told(house: PageHouse) -> Sequence[str]:
    """Return the accounts that the unit tells."""
    record = house.stores.records.get(SETTING, UNIT, "recipients")
    return [row["account"] for row in json.loads(record.value)["recipient"]] if record else []


def test_a_matter_that_is_opened_again_goes_to_the_successor_by_itself() -> None:
    """What was closed stays with its history; reopened, the clock hands it over."""
    house = PageHouse()
    incident = house.opens()
    house.does("acknowledge", incident=incident, by=OLD)
    house.does("settle", "已补发", incident=incident, by=OLD, disposition="resolved", verdict="true")
    replacing(house).replace(OLD, NEW, author="operator", reason="")
    house.does("reopen", "又来反映", incident=incident, by="leader-1")
    assert house.service.desk.state(UNIT).incidents[incident].owner == f"account:{OLD}"
    assert replacing(house).mend() == 1
    assert house.service.desk.state(UNIT).incidents[incident].owner == f"account:{NEW}"
    assert replacing(house).mend() == 0


def test_an_account_that_is_back_keeps_what_is_given_to_it() -> None:
    """Enabled again, it is nobody's predecessor; and a chain of successors leads to the last."""
    house = PageHouse()
    house.hire("zhao", "duty")
    replacing(house).replace(OLD, NEW, author="operator", reason="")
    replacing(house).replace(NEW, "zhao", author="operator", reason="")
    assert replacing(house).successor(OLD) == "zhao"
    house.people.accounts.set_disabled(OLD, is_disabled=False, author="operator")
    assert replacing(house).successor(OLD) == ""


class Crossed(Accounts):
    """The book of accounts in which another administrator disables the successor at the very moment."""

    def set_disabled(self, account_id: str, *, is_disabled: bool, author: str, reason: str = "") -> Account:
        """The other one is first."""
        if is_disabled and account_id == OLD:
            super().set_disabled(NEW, is_disabled=True, author="other")
        return super().set_disabled(account_id, is_disabled=is_disabled, author=author, reason=reason)


def test_two_who_replace_each_other_at_once_do_not_lock_everybody_out() -> None:
    """Whoever finds the successor gone takes his own step back: no work goes to an account that is out."""
    house = PageHouse()
    owned, *_ = busy(house)
    crossed = replace(house.people, accounts=Crossed(house.stores.records, house.clock))
    with pytest.raises(BadInput, match="disabled at this moment"):
        Replacing(house.stores, house.service.desk, crossed).replace(OLD, NEW, author="admin-1", reason="")

    account = house.people.accounts.get(OLD)
    assert account is not None
    assert not account.is_disabled
    assert house.service.desk.state(UNIT).incidents[owned].owner == f"account:{OLD}"
    assert house.stores.records.get(SUCCESSION, "", OLD) is None


class Overtaken:
    """A desk at which another administrator hands the matter to somebody else a moment before each step."""

    def __init__(self, desk: Desk) -> None:
        self.state, self._desk = desk.state, desk

    def execute(self, unit: str, command: Command, *, roles: frozenset[str]) -> Batch:
        """The other one is first."""
        take_places(self._desk, unit, old=f"account:{OLD}", new="account:leader-1", actor="operator:b")
        return self._desk.execute(unit, command, roles=roles)


def test_the_slower_of_two_is_not_told_that_he_handed_over_what_went_elsewhere() -> None:
    """What is said to have moved has moved, to whom is said."""
    house = PageHouse()
    owned, *_ = busy(house)
    desk: Any = Overtaken(house.service.desk)
    told = take_places(desk, UNIT, old=f"account:{OLD}", new=f"account:{NEW}", actor="operator:a")

    assert house.service.desk.state(UNIT).incidents[owned].owner == "account:leader-1"
    assert not len(told)


def test_why_somebody_was_replaced_is_masked_before_it_is_kept() -> None:
    """In the record of the succession and of the account, which are never erased."""
    house = PageHouse()
    replacing(house).replace(OLD, NEW, author="admin-1", reason="调离，联系人：张伟，13800000000")
    kept = [house.stores.records.get(kind, "", OLD) for kind in (SUCCESSION, ACCOUNT)]

    assert all(one and "调离" in one.reason for one in kept)
    assert not [one for one in kept if one and ("张伟" in one.reason or "13800000000" in one.reason)]


@pytest.mark.parametrize(
    ("roles", "units", "said"),
    [(("monitor",), (UNIT,), "no role that works incidents"), (("duty",), ("linxi-mz",), "does not see the unit")],
)
def test_who_cannot_do_the_work_is_refused_before_anything_changes(
    roles: Sequence[str], units: Sequence[str], said: str
) -> None:
    """The sentence says what is missing; the old account keeps everything."""
    house = PageHouse()
    house.hire("weak", *roles, units=units)
    busy(house)
    with pytest.raises(BadInput, match=said):
        replacing(house).replace(OLD, "weak", author="operator", reason="")
    account = house.people.accounts.get(OLD)
    assert account is not None
    assert not account.is_disabled
    assert len(places_of(house.service.desk.state(UNIT), f"account:{OLD}")) == 3


def test_a_waiting_message_goes_to_the_new_one_once() -> None:
    """What waits or is held is readdressed; the old send says why it never goes out."""
    house = PageHouse()
    set_recipients(house)
    notice = Notice("opened", "new_matter", "role:duty", "i1", 3, 5)
    sends = [Send(f"s{n}", UNIT, n, 0, notice, OLD, "mail", state, "", 5) for n, state in ((1, "waiting"), (2, "held"))]
    house.stores.outbox.create(sends, {})
    assert replacing(house).replace(OLD, NEW, author="operator", reason="").messages == 2
    assert replacing(house).replace(OLD, NEW, author="operator", reason="").messages == 0
    found = {(send.recipient, send.state, send.reason) for send in house.stores.outbox.sends(UNIT)}
    assert found == {(OLD, "dropped", "replaced"), (NEW, "waiting", ""), (NEW, "held", "")}


def test_recipients_keep_their_address_unless_the_new_one_has_its_own() -> None:
    """The address of a post goes on; that of the new account wins; nobody is told twice of the same."""
    own = {"account": NEW, "role": "leader", "channel": "mail", "to": "new@yunxi.example"}
    table, kept = renamed({"recipient": [*RECIPIENTS, own, {**RECIPIENTS[1], "role": "duty"}]}, OLD, NEW)
    rows: Any = table["recipient"]
    assert {"account": NEW, "role": "duty", "channel": "mail", "to": "new@yunxi.example"} in rows
    assert kept == []
    assert [row["role"] for row in rows if row["channel"] == "journal"] == ["leader", "duty"]
    table, kept = renamed({"recipient": RECIPIENTS}, OLD, NEW)
    assert kept == ["old@yunxi.example"]
    assert renamed({"alerts": {"roles": [["duty", f"account:{OLD}"]]}}, OLD, NEW)[0] == {
        "alerts": {"roles": [["duty", f"account:{NEW}"]]}
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_open_names_the_old_account_whatever_happened_before(data: st.DataObject) -> None:
    """After any steps of people: each matter that names it is handed over, and none names it any more."""
    desk = a_desk().has(a_row("g1", posts=3), a_row("g2", posts=2), a_row("g3"))
    for number in range(25):
        try:
            desk.does(any_command(data.draw, desk, number))
        except Refused:
            continue
    new = data.draw(st.sampled_from([OTHER, LEADER]))
    roots = [name for name, one in desk.state.incidents.items() if one.state is not State.MERGED]
    for name in roots:
        if names_account(desk.state.as_one(name), DUTY):
            desk.does(ReplaceAccount(command_id="r", actor="operator:a", incident=name, old=DUTY, new=new))
    assert not any(names_account(desk.state.as_one(name), DUTY) for name in roots)


@pytest.fixture(name="config")
def an_installation(tmp_path: Path) -> str:
    """Two accounts, and three incidents of the first, on disk."""
    path = tmp_path / "huiyin.toml"
    path.write_text('[data]\nfolder = "data"\n')
    with closing(bootstrap.open_stores(bootstrap.Folder(_data(tmp_path)))) as stores:
        stores.records.put(
            Record(SETTING, UNIT, "unit", 0, json.dumps({"id": UNIT, "name": UNIT}), 1, "t", ""), expect=0
        )
        people = people_of(stores.records, stores.clock)
        for account in (OLD, NEW):
            people.accounts.add(new_account(account, "", ("duty",), (UNIT,)), author="test")
        posts = [a_post(number, f"低保{number}", version=f"v{number}") for number in (1, 2, 3)]
        mentions = [a_mention(post, group=f"g{n}", order=n) for n, post in enumerate(posts, 1)]
        stores.posts.commit(work(posts, mentions, [a_group(f"g{n}", lead=post.id) for n, post in enumerate(posts, 1)]))
        desk = bootstrap.open_desk(stores, bootstrap.settings_of(stores))
        clerk = bootstrap.open_clerk(stores, bootstrap.settings_of(stores), desk)
        for n in (1, 2, 3):
            done = clerk.carry_out(Order(UNIT, "open", {"group": f"g{n}"}, OLD, EVERY, f"o{n}"))
            clerk.carry_out(Order(UNIT, "acknowledge", {"incident": done.incident}, OLD, EVERY, f"a{n}"))
    return str(path)


def _data(folder: Path) -> Path:
    (folder / "data").mkdir()
    return folder / "data"


@pytest.mark.parametrize("point", ["log.append.before_commit", "log.append.after_commit"])
def test_killed_in_the_middle_the_next_call_does_the_rest(
    config: str, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One matter was handed over, or none; called again, all three are, each by one batch."""
    command = [sys.executable, "-P", "-c", "from api.cli import main; raise SystemExit(main())"]
    asked = ["user", "replace", OLD, NEW, "--config", config]
    killed = subprocess.run([*command, *asked], env={**os.environ, "HUIYIN_CRASH_AT": point}, check=False)
    assert killed.returncode == 137
    assert main(asked) == 0
    assert f"nothing open names {OLD} any more" in capsys.readouterr().out
    with closing(bootstrap.open_stores(bootstrap.Folder(Path(config).parent / "data"))) as stores:
        desk = bootstrap.open_desk(stores, bootstrap.settings_of(stores))
        state = desk.state(UNIT)
        assert len(places_of(state, f"account:{NEW}").owned) == 3
        assert not len(places_of(state, f"account:{OLD}"))
        changes = [event for batch in stores.log.read(UNIT, 0, 100) for event in batch.events]
        assert [event.type for event in changes].count("owner_changed") == 3


def test_the_command_says_what_it_handed_over(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, and as JSON for machines; without a successor it says what to type."""
    assert main(["user", "replace", OLD, "--config", config]) == 2
    assert "huiyin user replace OLD NEW" in capsys.readouterr().err
    assert main(["user", "replace", OLD, NEW, "--json", "--config", config]) == 0
    assert len(json.loads(capsys.readouterr().out)["units"][UNIT]["owned"]) == 3
    assert main(["user", "replace", OLD, "nobody", "--config", config]) == 2
