"""Groups: what the machine holds to be one matter, before and after a person decided about it."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.accounts.principal import Principal
from api.http.asked import GroupId, ThePage
from api.http.gate import needs
from api.http.problem import missing
from api.http.seeing import TheUnit, sees_internal
from api.http.shown.post import member_shown
from api.http.shown.row import group_shown
from api.http.shown.unit import GroupDossierShown, GroupsShown
from pipeline.domain.alert_rule import standing_reasons
from pipeline.domain.next_moves import moves_of_group
from pipeline.domain.seen import data_of_seen, seen_of
from pipeline.workflow.dossier import members_of

router = APIRouter(prefix="/api/v1/units/{unit}/groups", tags=["groups"])


@router.get("", dependencies=[needs("read_queue")])
def groups(
    here: TheUnit,
    asked: ThePage,
    todo: Annotated[bool, Query(description="Only those that ask for a person")] = False,
) -> GroupsShown:
    """Return groups, newest first, as counts and places; their words stand on the page of each."""
    page = here.service.stores.posts.groups(here.unit, todo_only=todo, cursor=asked.cursor, limit=asked.limit)
    return GroupsShown([group_shown(view) for view in page.rows], page.cursor, here.coverage)


@router.get("/{group}")
def group(group: GroupId, here: TheUnit, who: Annotated[Principal, needs("read_posts")]) -> GroupDossierShown:
    """Return a group with its posts; the id of one that was absorbed answers with the group that absorbed it."""
    posts = here.service.stores.posts
    view = posts.group(here.unit, group)
    if view is None:
        raise missing(f"group {group}")
    members = members_of(posts, here.unit, view.row.id)
    shown = [member_shown(seen, internal=sees_internal(who)) for seen in members]
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
