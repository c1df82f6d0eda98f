"""The worker where something goes wrong or changes: nothing is lost, nothing is counted twice, nothing is quoted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Millis, Origin, Post, Token
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.ports import Work
from pipeline.stages.match import Match, Matcher
from pipeline.workflow.burial import BUDGET, Burial
from tests.builders import DAY, HOUR, MONDAY, UNIT, FixedClassifier, a_post, written_by
from tests.worker_house import House


def test_two_versions_of_a_post_in_one_step_are_each_matched_by_its_own_text() -> None:
    """The first met a rule and the second does not: a mention, and it has lapsed."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"), a_post(1, "（已解决，谢谢）", at=MONDAY + HOUR))
    ((mention, _),) = house.posts.mentions(UNIT, 0)

    assert mention.version == a_post(1, "养老院的饭是凉的").version
    assert mention.lapsed


def test_a_version_that_came_late_is_not_told_by_its_text_coming_back_in_the_same_step() -> None:
    """What a step makes of a post does not depend on where the steps are cut."""
    said = (
        a_post(1, "养老院的饭是凉的"),
        a_post(1, "养老院的床是湿的", at=MONDAY - HOUR),
        a_post(1, "养老院的床是湿的", at=MONDAY + HOUR),
    )
    at_once, one_by_one = House(), House()
    at_once.work(*said)
    for post in said:
        one_by_one.work(post)

    assert list(at_once.posts.mentions(UNIT, 0)) == list(one_by_one.posts.mentions(UNIT, 0))


def test_a_store_that_refuses_between_the_fold_and_the_commit_loses_no_mention() -> None:
    """The tokens cannot be written: the step is tried again whole, as if it had never begun."""

    class Shut(MemoryPosterTokens):
        refusals = 1

        def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
            if self.refusals:
                self.refusals -= 1
                raise StoreUnavailable("state.db is locked")
            super().add(tokens)

    house = House()
    house.tokens = Shut()
    house.worker = house.hire()
    house.bus.publish([a_post(1, "养老院的饭是凉的", tokens=written_by("甲"))])
    with pytest.raises(StoreUnavailable):
        house.worker.step()

    assert house.worker.step().mentions == 1


def test_alert_rules_that_could_not_be_heard_are_asked_again_by_the_next_step() -> None:
    """The log refused after the commit: nobody waits an hour for the alert."""
    house = House()
    heard = house.worker.asking.ask
    refusals = [StoreUnavailable("the log is locked")]

    def ask(unit: str, rows: Sequence[GroupRow]) -> None:
        if refusals:
            raise refusals.pop()
        heard(unit, rows)

    house.worker.asking = replace(house.worker.asking, ask=ask)
    house.bus.publish([a_post(1, "养老院怎么申请", origin=Origin.MESSAGE)])
    with pytest.raises(StoreUnavailable):
        house.worker.step()
    house.worker.step()

    assert house.opened() == ["addressed"]


def test_a_text_that_breaks_the_classifier_leaves_the_others_their_opinions() -> None:
    """Only the one that cannot be read abstains; nothing of it is written to the log."""

    class Fragile(FixedClassifier):
        def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
            if any("铁路" in text for _, text in texts):
                raise ValueError(texts)
            return super().opinions(texts)

    house = House(classifier=Fragile())
    house.work(a_post(1, "养老院的饭是凉的"), a_post(2, "养老院旁边的铁路"))
    models = {mention.opinion.model for mention, _ in house.posts.mentions(UNIT, 0)}

    assert models == {"test@1", "none"}


def test_what_a_classifier_could_not_read_is_not_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The sentence of a strange error may quote the text."""

    class Quoting(FixedClassifier):
        def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
            raise ValueError(texts)

    house = House(classifier=Quoting())
    house.work(a_post(1, "养老院的饭是凉的"))

    assert "classifier_failed" in caplog.text
    assert "养老院" not in caplog.text


def test_an_edit_that_breaks_the_matcher_ends_no_mention() -> None:
    """What could not be read is no word that the matter is over."""

    class Fragile(Matcher):
        def matches(self, title: str, text: str) -> tuple[Match, ...]:
            if "\u2028" in text:
                raise ValueError("odd")
            return super().matches(title, text)

    house = House()
    house.worker.matcher_of = Fragile
    house.work(a_post(1, "养老院的饭是凉的"))
    house.work(a_post(1, "养老院\u2028", at=MONDAY + HOUR))
    ((mention, _),) = house.posts.mentions(UNIT, 0)

    assert not mention.lapsed


def test_a_post_that_is_erased_while_it_is_worked_leaves_no_row() -> None:
    """It was erased after the worker had looked at the list and before it committed."""

    class Erasing(MemoryPostStore):
        def commit(self, work: Work) -> int:
            self.erase(frozenset(post.id for post in work.posts), MONDAY)
            return super().commit(work)

    house = House()
    house.posts = Erasing()
    house.worker = house.hire()
    house.work(a_post(1, "养老院的饭是凉的"))

    assert house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows == []
    assert house.worker.load() == 0


def test_a_group_that_outlived_half_a_year_is_loaded_whole() -> None:
    """What is kept with an opened matter is a member as long as it is stored."""
    house = House()
    house.work(a_post(1, "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管", origin=Origin.MESSAGE))
    house.clock.at = MONDAY + 200 * DAY

    assert house.hire().load() == 1


def test_a_load_derives_the_rows_again() -> None:
    """Parts over age were dropped: the row says what is left of the group."""
    house = House()
    house.work(a_post(1, "柳湾养老院的饭是凉的"))
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows
    house.posts.rebuild_groups(UNIT, [replace(view.row, posts=7)])
    house.worker.load()

    assert house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows[0].row.posts == 1


def test_a_stream_that_is_unknown_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """A restored installation with nothing to read does not fill its log."""
    house = House()
    house.work(a_post(1, "养老院的饭是凉的"))
    house.bus = MemoryPostBus()
    house.worker = house.hire()
    for _ in range(3):
        house.worker.step()

    assert caplog.text.count("worker.new_stream") == 1


def test_poison_that_is_met_again_is_counted_once() -> None:
    """A step that is tried again, because a store refused, uses up no budget."""
    house = House()
    burial, post = Burial(house.bus, house.clock), a_post(1, "养老院")
    for _ in range(BUDGET + 1):
        burial.bury(post, "match", ValueError("odd"))

    assert burial.count == 1


def test_settings_that_change_nothing_of_the_watch_keep_the_memory() -> None:
    """A new recipient is no reason to load half a year anew."""

    class Counting(MemoryPostStore):
        loads = 0

        def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
            self.loads += 1
            return super().mentions(unit, since, after_order)

    house = House()
    house.posts = posts = Counting()
    house.worker = house.hire()
    house.work(a_post(1, "养老院的饭是凉的"))
    house.worker.change_watch(Watch({UNIT: UnitWatch(UNIT, house.rules)}))

    assert (house.worker.ask_all(), posts.loads) == (1, 1)
