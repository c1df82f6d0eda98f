"""An id that a program writes names something that there is: a phone number in its place never comes into the log."""

from collections.abc import Iterator

import pytest

from api import bootstrap
from api.http.order_schema import example_of
from api.known_ids import known_ids
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import Refused
from pipeline.domain.order import Order
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import FieldKind, Target
from pipeline.domain.roles import ROLES
from pipeline.workflow.clerk import Clerk
from tests.desk_house import COMPLAINT, INCIDENT, DeskHouse, desk_house
from tests.http_house import UNIT

PHONE = "13800000000"
NUMBERS = ("seen.posts", "seen.reasons")


def planted() -> Iterator[tuple[str, str]]:
    """Yield each field of each command that could hold a number of somebody."""
    for form in order_forms().values():
        for field in form.fields:
            if field.kind is FieldKind.SEEN:
                yield from ((form.name, name) for name in NUMBERS)
            elif field.name not in ("others_revisions", "seq"):  # compared with what is there, and not kept
                yield form.name, field.name


def clerk_of(house: DeskHouse) -> Clerk:
    """Return the clerk of a running service, who knows the accounts and units."""
    settings = house.service.settings
    return bootstrap.open_clerk(house.stores, settings, house.service.desk, known_ids(settings, house.people))


def order_with(command: str, field: str, value: object = PHONE) -> Order:
    """Return a readable order in which the value stands in one field."""
    form = order_forms()[command]
    fields = example_of(form)
    text = str(fields.pop("text", ""))
    here = {Target.INCIDENT: INCIDENT, Target.GROUP: COMPLAINT, Target.NEED: "p3", Target.UNIT: INCIDENT}
    fields |= {form.target_field or "incident": here[form.target]}
    fields |= {name: "duty-1" for name in ("to", "owner", "second", "leader") if form.name != "report_upward"}
    fields = {name: given for name, given in fields.items() if name in {own.name for own in form.fields}}
    own = next((one for one in form.fields if one.name == field), None)
    fields.pop("seen", None)
    if own is None:
        name = field.removeprefix("seen.")
        fields["seen"] = {name: [PHONE] if name == "reasons" else int(PHONE)}
    else:
        fields[field] = [value] if own.many else value
    if field != "members":
        fields.pop("members", None)
    return Order(UNIT, command, fields, "duty-1", frozenset(ROLES[command]), "planted", text)


@pytest.fixture(scope="module")
def houses() -> tuple[DeskHouse, DeskHouse]:
    """Two houses for all planted numbers, which change nothing: the complaint is free, and it is an incident."""
    free, opened = desk_house(), desk_house()
    for house in (free, opened):
        house.hire("duty-1", "duty")
    opened.opens()
    return free, opened


@pytest.mark.parametrize(("command", "field"), list(planted()))
def test_a_phone_number_in_any_field_is_refused_and_nothing_is_written(
    houses: tuple[DeskHouse, DeskHouse], command: str, field: str
) -> None:
    """Ids are looked up, or are short words; the number stands neither in the log nor beside it."""
    house = houses[order_forms()[command].target in (Target.INCIDENT, Target.UNIT)]
    head = house.stores.log.head(UNIT)
    with pytest.raises((BadOrder, Refused)):
        clerk_of(house).carry_out(order_with(command, field))
    assert house.stores.log.head(UNIT) == head
    assert not any(record.value.count(PHONE) for record in house.stores.records.list("order", UNIT))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"post": PHONE}, "post"),
        ({"post": "p7", "version": PHONE}, "version"),
        ({"version": PHONE}, "version"),
        ({"post": "p7", "version": "v-7"}, None),
        ({"post": "p1"}, None),
    ],
)
def test_evidence_is_a_stored_post_in_a_stored_version(fields: dict[str, object], wrong: str | None) -> None:
    """The problem stands at its field."""
    house = desk_house()
    house.opens()
    house.has_group(7)
    claim = house.order("record_claim", "claim", "低保没有发", incident=INCIDENT).memo
    if wrong is None:
        assert house.order("record_evidence", "e", "见帖", incident=INCIDENT, claim=claim, **fields).events
        return
    with pytest.raises(BadOrder) as told:
        house.order("record_evidence", "e", "见帖", incident=INCIDENT, claim=claim, **fields)
    assert [problem.field for problem in told.value.problems] == [wrong]


def test_members_that_were_on_the_screen_are_of_the_group() -> None:
    """Another group's post is told at its field."""
    house = desk_house()
    with pytest.raises(BadOrder, match="members"):
        house.order("open", "k", group=COMPLAINT, members=["p1", "p2"])
    assert house.order("open", "k2", group=COMPLAINT, members=["p1"]).events


@pytest.mark.parametrize("office", ["welfare", "minzheng-2"])
def test_where_no_offices_are_set_a_short_word_names_one(office: str) -> None:
    """Neither text nor a number is one."""
    house = desk_house()
    house.opens()
    assert house.order("consult", "k", "会商", incident=INCIDENT, attended=[office]).events
    for bad in (PHONE, f"a{PHONE}", "a1-38-000-00-000", "Zhang.San", "张伟"):
        with pytest.raises(BadOrder, match="attended"):
            house.order("consult", "k3", "会商", incident=INCIDENT, attended=[bad])
