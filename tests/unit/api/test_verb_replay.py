"""The dry run of changed rules, and what the verb refuses before it touches anything."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from api import bootstrap
from api.cli import main
from api.cli.installation import open_installation
from api.cli.replay import refuse_beside_workers, run
from api.heartbeat import Heart, Phase
from api.rule_trial import RuleChange, UnitTrial, try_rules
from api.settings import apply_folder
from api.stores import Stores
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Origin, Post
from pipeline.domain.watch_rule import WatchRule
from pipeline.ports import Record
from pipeline.workflow.settings import Settings
from tests.builders import DAY, HOUR, MONDAY, UNIT, FixedClassifier, HeldClock, a_post, a_rule, written_by

CANTEEN = a_rule("食堂", id="canteen", unit=None)
HOME = a_rule("养老院", id="home", unit=None)
SAID = (
    "午饭端上来就是冷的，我妈不敢吃，柳湾养老院到底管不管",
    "我爸也住柳湾养老院，天天剩菜，找院长三次没用",
    "柳湾养老院伙食费刚涨，菜反而更差了，民政局来看看",
)
COLD = [
    a_post(n, text, at=MONDAY + n * 60_000, title="柳湾养老院饭凉", tokens=written_by(text))
    for n, text in enumerate(SAID)
]
SHUT = a_post(7, "东风村的老年食堂停业了，老人没有地方吃午饭", at=MONDAY + 2 * HOUR)


def lived(folder: Path, posts: Sequence[Post]) -> tuple[Stores, Settings]:
    """Return a unit that watches canteens, whose worker has worked the posts."""
    (folder / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政局"\n', encoding="utf-8")
    (folder / "rules.toml").write_text('[[rule]]\nid = "canteen"\nany = ["食堂"]\n', encoding="utf-8")
    stores = bootstrap.memory_stores(HeldClock(MONDAY + HOUR))
    apply_folder(folder, stores.records, stores.clock, author="operator", reason="first settings")
    settings = bootstrap.settings_of(stores)
    worker = bootstrap.open_worker(stores, settings, bootstrap.open_desk(stores, settings), FixedClassifier())
    stores.bus.publish(posts)
    worker.step()
    return stores, settings


def tried(stores: Stores, settings: Settings, *rules: WatchRule, since: int = 0) -> UnitTrial:
    """Return what a trial says of the unit."""
    (unit,) = try_rules(stores, settings, rules, since).units
    return unit


def test_a_trial_says_what_changed_rules_would_have_found_and_raised(tmp_path: Path) -> None:
    """By rule: new, no longer, unchanged; then groups, and the push that three people would have caused."""
    stores, settings = lived(tmp_path, [*COLD, SHUT])
    both = tried(stores, settings, CANTEEN, HOME)
    other = tried(stores, settings, HOME)

    assert both.rules == [RuleChange("canteen", 0, 0, 1), RuleChange("home", 3, 0, 0)]
    assert other.rules == [RuleChange("canteen", 0, 1, 0), RuleChange("home", 3, 0, 0)]
    assert (both.groups_stored, both.groups_found, other.groups_found) == (1, 2, 1)
    assert [(one.push.reason, len(one.push.posts), one.is_known) for one in both.pushes] == [("new_matter", 3, False)]
    assert both.pushes[0].push.at == COLD[2].collected_at


def test_a_trial_changes_nothing_of_the_installation(tmp_path: Path) -> None:
    """No mention, no group, no decision is written."""
    stores, settings = lived(tmp_path, [*COLD, SHUT])
    before = list(stores.posts.mentions(UNIT, 0))
    tried(stores, settings, HOME)

    assert list(stores.posts.mentions(UNIT, 0)) == before
    assert stores.log.head(UNIT)[0] == 0
    assert [len(rule.triggers) for rule in settings.units[UNIT].rules] == [1]


def test_a_trial_looks_at_posts_collected_since_and_never_at_erased_ones(tmp_path: Path) -> None:
    """What is not looked at is neither new nor no longer."""
    stores, settings = lived(tmp_path, [*COLD, SHUT])
    late = tried(stores, settings, HOME, since=SHUT.collected_at)
    stores.posts.erase(frozenset({SHUT.id, COLD[0].id}), MONDAY + DAY)
    after = try_rules(stores, settings, [HOME], 0)

    assert late.rules == [RuleChange("canteen", 0, 1, 0)]
    assert after.posts == 2
    assert after.units[0].rules == [RuleChange("home", 2, 0, 0)]


def test_a_push_of_what_is_an_incident_already_is_told_apart(tmp_path: Path) -> None:
    """A message addressed to the unit opened one; every set of rules would open it too."""
    message = a_post(3, "去哪里改名字", origin=Origin.MESSAGE)
    stores, settings = lived(tmp_path, [*COLD, message])
    pushes = tried(stores, settings, HOME).pushes

    assert {one.push.reason: one.is_known for one in pushes} == {"addressed": True, "new_matter": False}


def test_a_trial_asks_national_news_for_a_place_as_the_worker_does(tmp_path: Path) -> None:
    """Else it would promise mentions that never come."""
    (tmp_path / "places.toml").write_text('places = ["东风村"]\n', encoding="utf-8")
    elsewhere = a_post(8, "某地的老年食堂停业了", source="nation")
    stores, _ = lived(tmp_path, [replace(SHUT, source="nation"), elsewhere])
    stores.records.put(Record("setting", "", "source/nation", 0, '{"local":false}', 0, "a", ""), expect=None)

    assert tried(stores, bootstrap.settings_of(stores), CANTEEN).rules == [RuleChange("canteen", 0, 1, 1)]


def an_installation_with_a_message(folder: Path) -> Path:
    """Return the operator's file of an installation that a message to the unit has reached."""
    (folder / "unit.toml").write_text(f'id = "{UNIT}"\nname = "云汐县民政局"\n', encoding="utf-8")
    path = folder / "huiyin" / "huiyin.toml"
    path.parent.mkdir()
    path.write_text('settings = ".."\n[data]\nfolder = "data"\n', encoding="utf-8")
    here = open_installation(argparse.Namespace(config=str(path)))
    stores = replace(here.stores, clock=HeldClock(MONDAY + HOUR))
    desk = bootstrap.open_desk(stores, here.settings)
    worker = bootstrap.open_worker(stores, here.settings, desk, FixedClassifier())
    worker.load()
    stores.bus.publish([a_post(3, "低保去哪里办", origin=Origin.MESSAGE)])
    worker.step()
    here.stores.close()
    return path


def test_a_rebuild_says_how_long_the_steps_of_incidents_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people half of them and the slowest, for machines every incident with its steps in milliseconds."""
    path = an_installation_with_a_message(tmp_path)
    assert main(["replay", "--config", str(path)]) == 0
    assert "  published→discovered: 1 incidents, half within 1 h, slowest 1 h\n" in capsys.readouterr().out
    assert main(["replay", "--config", str(path), "--json"]) == 0
    (timed,) = json.loads(capsys.readouterr().out)[UNIT]["timed"]

    assert (timed["state"], timed["took_ms"]) == ("discovered", {"published→discovered": HOUR})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"apply": True, "rules": "r.toml", "since": "2026-01-01T00:00:00Z"}, "RPL-101"),
        ({"apply": True}, "RPL-102"),
        ({"since": "2026-01-01T00:00:00Z"}, "RPL-103"),
        ({"apply": True, "since": "yesterday"}, "RPL-104"),
    ],
)
def test_arguments_that_do_not_fit_together_are_refused_before_anything_is_opened(
    given: dict[str, object], code: str, tmp_path: Path
) -> None:
    """Each sentence says what to give instead; no data folder is made."""
    shipped = {"config": str(tmp_path / "huiyin.toml"), "rules": None, "apply": False, "since": "", "json": False}
    with pytest.raises(BadInput, match=code):
        run(argparse.Namespace(**(shipped | given)))

    assert list(tmp_path.iterdir()) == []


def test_a_cluster_is_not_rebuilt_or_looked_back_on_beside_its_workers() -> None:
    """No lease keeps them away; a worker that has ended, or was silent for a minute, is none."""
    clock = HeldClock(MONDAY)
    stores = bootstrap.memory_stores(clock)
    refuse_beside_workers(stores, applies=False)
    heart = Heart(stores.records, clock, "work")
    heart.beat()

    with pytest.raises(BadInput, match="RPL-105"):
        refuse_beside_workers(stores, applies=True)
    with pytest.raises(BadInput, match="RPL-106"):
        refuse_beside_workers(stores, applies=False)
    heart.beat(Phase.ENDED)
    refuse_beside_workers(stores, applies=False)
    heart.beat()
    clock.at += 2 * 60_000
    refuse_beside_workers(stores, applies=False)
