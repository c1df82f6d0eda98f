"""Groups: what the machine holds to be one matter, before and after a person decided about it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from api.accounts.principal import Principal
from api.http.asked import GroupId, ThePage
from api.http.gate import needs
from api.http.problem import missing
from api.http.seeing import TheUnit
from api.http.shown.post import member_shown
from api.http.shown.row import group_shown
from api.http.shown.unit import GroupDossierShown, GroupsShown
from pipeline.domain.alert_rule import standing_reasons
from pipeline.domain.next_moves import moves_of_group
from pipeline.domain.seen import data_of_seen, seen_of
from pipeline.ports import GroupView
from pipeline.workflow.dossier import members_of
from pipeline.workflow.visibility import Sight, may_see_group, named_only

router = APIRouter(prefix="/api/v1/units/{unit}/groups", tags=["groups"])


@router.get("")
def groups(
    here: TheUnit,
    who: Annotated[Principal, needs("read_queue")],
    asked: ThePage,
    todo: Annotated[bool, Query(description="Only those that ask for a person")] = False,
) -> GroupsShown:
    """
    Return groups, newest first, as counts and places; their words stand on the page of each.

    A page may be short: what concerns staff is told of those only who may know of it.
    """
    posts, state = here.service.stores.posts, here.state
    page = posts.groups(here.unit, todo_only=todo, cursor=asked.cursor, limit=asked.limit)
    seen = [(view, may_see_group(posts, state, view.row.id, who.roles)) for view in page.rows]
    shown = [_told(view, sight) for view, sight in seen if sight is not Sight.NONE]
    return GroupsShown([group_shown(view) for view in shown], page.cursor, here.coverage)


@router.get("/{group}")
def group(group: GroupId, here: TheUnit, who: Annotated[Principal, needs("read_posts")]) -> GroupDossierShown:
    """Return a group with its posts; the id of one that was absorbed answers with the group that absorbed it."""
    posts = here.service.stores.posts
    view = posts.group(here.unit, group)
    if view is None:
        raise missing(f"group {group}")
    members = members_of(posts, here.unit, view.row.id, who.roles, here.state)
    shown = [member_shown(seen) for seen in members]
    here.note_posts(who, f"group {view.row.id}", [each.post.id for each in shown if not each.post.withheld])
    state, policy = here.state, here.service.desk.practice(here.unit).policy
    owner = state.incident_of(view.row.id)
    seen = seen_of(view.row, standing_reasons(view.row, policy))
    return GroupDossierShown(
        group=group_shown(view),
        owned_by=owner.id if owner else None,
        moves=moves_of_group(state.mark_of(view.row.id), who.actor, who.roles),
        seen=data_of_seen(seen),
        members=[each.post.id for each in shown],
        posts=shown,
        coverage=here.coverage,
    )


def _told(view: GroupView, sight: Sight) -> GroupView:
    return view if sight is Sight.FULL else replace(view, row=named_only(view.row))
