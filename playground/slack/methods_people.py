"""``auth.test``, ``auth.teams.list``, ``users.*`` and ``usergroups.*``."""

from __future__ import annotations

from collections.abc import Callable

from playground.slack.bodies import flag
from playground.slack.cast import BOT_ID, BOT_USER, SCOPES, SLACKBOT
from playground.slack.paging import page
from playground.slack.state import SlackState
from playground.slack.words import Json, SlackRefusal

WITH_EMAIL = "users:read.email" in SCOPES


def auth_test(state: SlackState, arguments: Json) -> Json:
    return {
        "url": f"{state.url}/", "team": "Playground", "user": "lamplighter", "user_id": BOT_USER,
        "bot_id": BOT_ID, **state.organisation.in_auth_test(),
    }  # fmt: skip


def list_teams(state: SlackState, arguments: Json) -> Json:
    """List the workspaces that the app was added to."""
    return page("teams", [{"id": team, "name": team} for team in state.organisation.workspaces()], arguments)


def info(state: SlackState, arguments: Json) -> Json:
    person = state.directory.people.get(str(arguments.get("user", "")))
    if person is None:
        raise SlackRefusal("user_not_found")
    return {"user": person.as_user(with_email=WITH_EMAIL)}


def lookup_by_email(state: SlackState, arguments: Json) -> Json:
    wanted = str(arguments.get("email", "")).lower()
    for person in state.directory.people.values():
        if person.email.lower() == wanted and wanted and not person.deleted:
            return {"user": person.as_user(with_email=WITH_EMAIL)}
    raise SlackRefusal("users_not_found")


def list_users(state: SlackState, arguments: Json) -> Json:
    team = state.organisation.asked_about(arguments)
    users = [
        person.as_user(with_email=WITH_EMAIL)
        for person in state.directory.people.values()
        if person.id != SLACKBOT and (not person.teams or team in person.teams)
    ]
    return page("members", users, arguments)


def list_groups(state: SlackState, arguments: Json) -> Json:
    with_users, team = flag(arguments, "include_users"), state.organisation.asked_about(arguments)
    groups = [group for group in state.directory.groups.values() if group.team_id == team]
    return {"usergroups": [group.as_usergroup(include_users=with_users) for group in groups]}


def list_group_users(state: SlackState, arguments: Json) -> Json:
    group = state.directory.groups.get(str(arguments.get("usergroup", "")))
    team = state.organisation.asked_about(arguments)
    if group is None or group.team_id != team:
        raise SlackRefusal("no_such_subteam")
    return {"users": sorted(group.members)}


PEOPLE: dict[str, Callable[[SlackState, Json], Json]] = {
    "auth.test": auth_test,
    "auth.teams.list": list_teams,
    "users.info": info,
    "users.lookupByEmail": lookup_by_email,
    "users.list": list_users,
    "usergroups.list": list_groups,
    "usergroups.users.list": list_group_users,
}
