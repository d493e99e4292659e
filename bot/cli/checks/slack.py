"""Does Slack know the bot, in the right workspace and with the scopes and channels that it needs?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.cli.checks.check import Check, Kind
from bot.cli.slack_part import missing, slack_settings
from bot.settings import Settings
from bot.slack import causes, installation
from bot.slack.installation import Installation
from bot.slack.manifest import FILES, SCOPES, scopes
from bot.slack.settings import SlackSettings
from bot.slack.web import SlackWeb
from handlers.words.errors import Trouble, Unanswered
from policies.service.environment import Environment

SAID = ("team_id", "enterprise_id", "user_id", "is_enterprise_install")
AGAIN = "run `lamplighter doctor` again"


def slack(settings: Settings, named: Collection[str] = ()) -> Iterator[Check]:
    """Check the token, its team, app and scopes, and in Socket Mode the app-level token. ``named`` are the
    teams whose people the catalog names.
    """
    if absent := missing(settings):
        yield Check("Slack", False, f"not set: {', '.join(absent)}", "see docs/connect.md")
        return
    part = slack_settings(settings)
    wrong = dict(causes.misplaced(part.bot_token, part.app_token, part.signing_secret))
    yield from (Check("Slack", False, f"{name}: {cause.said}", cause.todo) for name, cause in wrong.items())
    if causes.BOT not in wrong:
        yield from _by_token(part, settings, named)
    if part.transport == "socket" and not wrong:
        yield _socket(part)


def _by_token(part: SlackSettings, settings: Settings, named: Collection[str]) -> Iterator[Check]:
    web = SlackWeb(part)
    try:
        answer = web.client.auth_test()
    except Exception as error:  # whatever the SDK raises, the doctor reports it and goes on
        cause = causes.why(error, part.api_url)
        yield Check("Slack token", False, cause.said, cause.todo)
        return
    installed = installation.read({name: answer.get(name) for name in SAID})
    yield _team(web, installed, settings.slack_team)
    yield from _catalogs_team(web, installed, named)
    yield _app(web, installed, (str(answer.get("bot_id", "")), settings.slack_app_id))
    yield granted(str(answer.headers.get("x-oauth-scopes", "")), wanted=_wanted(settings))


def channels(settings: Settings, environments: Sequence[Environment], ops: str = "") -> Iterator[Check]:
    """Is the bot a member of each environment's channel and of the ``ops`` channel, and does another company
    read them?
    """
    if missing(settings):
        return
    web = SlackWeb(slack_settings(settings))
    for channel in sorted({ops, *(e.channel for e in environments)} - {""}):
        here = [e.name for e in environments if e.channel == channel and not e.shared_channel]
        found = list(_channel(web, channel, here, ops=channel == ops))
        yield from found
        if found[0].well is None:
            return  # Slack does not answer; asking about the other channels would only take time


def _channel(web: SlackWeb, channel: str, refused: Sequence[str], *, ops: bool) -> Iterator[Check]:
    """Check one channel. ``refused`` are the environments that another company may not read about."""
    try:
        info = web.ask("conversations.info", channel=channel).get("channel", {})
    except Unanswered as trouble:
        yield Check(f"channel {channel}", None, trouble.sentence, AGAIN)
        return
    except Trouble as trouble:
        yield Check(f"channel {channel}", False, trouble.sentence, "invite the bot, or correct the id")
        return
    name, member = f"#{info.get('name', channel)}", bool(info.get("is_member"))
    lacks = "its digest cannot be posted" if ops else "changes are told to whoever asks alone"
    said = f"{name}, {'a member' if member else f'not a member, so {lacks}'}"
    yield Check(f"channel {channel}", member, said, "" if member else f"type /invite in {name}")
    if not (info.get("is_ext_shared") or info.get("is_pending_ext_shared")):
        return
    if ops:
        said = f"{name} is shared with another company; the ops channel is told of all environments"
        todo = "use a channel that only your own people read as settings.ops_channel"
        yield Check(f"shared channel {channel}", False, said, todo, Kind.SHARED_CHANNEL)
    elif refused:
        said = f"{name} is shared with another company; {' and '.join(refused)} may not be told there"
        todo = "use another channel, or set shared_channel: true in the catalog"
        yield Check(f"shared channel {channel}", False, said, todo, Kind.SHARED_CHANNEL)


def _team(web: SlackWeb, installed: Installation, expected: str) -> Check:
    try:
        well = installation.serves(web, installed, expected)
    except Trouble as trouble:
        return Check("Slack team", None, f"cannot be told: {trouble.sentence}", AGAIN)
    if not well:
        todo = f"use a token of {expected}, or correct LAMPLIGHTER_SLACK_TEAM"
        said = f"the token is of {installed.words}, the settings say {expected}"
        return Check("Slack team", False, said, todo)
    return Check("Slack team", True, f"the token is of {installed.words}")


def _catalogs_team(web: SlackWeb, installed: Installation, named: Collection[str]) -> Iterator[Check]:
    """Fail only if the people in the catalog are of another team, because then no grant would ever match."""
    try:
        foreign = installation.foreign(web, installed, named)
    except Trouble as trouble:
        yield Check("catalog's team", None, f"cannot be told: {trouble.sentence}", AGAIN)
        return
    if foreign:
        said = f"the token is of {installed.words}, the people in the catalog are of {' and '.join(named)}"
        todo = f"use a token of theirs, or write {installed.name} as the file's team and apply it"
        yield Check("catalog's team", False, said, todo)


def _app(web: SlackWeb, installed: Installation, asked: tuple[str, str]) -> Check:
    """Check the app that the token belongs to. ``asked`` is the bot's id and the expected app."""
    bot, expected = asked
    try:
        where = {"team_id": next(iter(installation.workspaces(web)), "")} if installed.everywhere else {}
        app = str(web.ask("bots.info", bot=bot, **where).get("bot", {}).get("app_id", ""))
    except Trouble as trouble:
        return Check("Slack app", None, f"cannot be told: {trouble.sentence}")
    if not expected:
        todo = f"set LAMPLIGHTER_SLACK_APP_ID={app}, so that no other app's payload is taken"
        return Check("Slack app", None, f"the token is of {app}", todo)
    if app != expected:
        todo = "use the token of that app, or correct LAMPLIGHTER_SLACK_APP_ID"
        return Check("Slack app", False, f"the token is of {app}, the settings say {expected}", todo)
    return Check("Slack app", True, f"the token is of {app}")


def _wanted(settings: Settings) -> frozenset[str]:
    return frozenset(scopes(groups=settings.slack_groups, files=settings.slack_pictures))


def granted(given: str, *, wanted: frozenset[str]) -> Check:
    """Compare the scopes that Slack says the token has, separated by commas, with those that it needs."""
    have = {scope.strip() for scope in given.split(",") if scope.strip()}
    if not have:
        return Check("Slack scopes", None, "Slack did not say which scopes the token has")
    todo = "apply the output of `lamplighter manifest` to the app and install it again"
    if lacking := sorted(wanted - have):
        return Check("Slack scopes", False, f"the token lacks {', '.join(lacking)}", todo)
    if extra := sorted(have - set(SCOPES)):
        return Check("Slack scopes", None, f"the token has more than is needed: {', '.join(extra)}")
    if FILES not in have:
        said = f"all that must be there; without {FILES}, what was captured of a failure cannot be downloaded"
        return Check("Slack scopes", None, said, todo)
    return Check("Slack scopes", True, "all that are needed and no more")


def _socket(part: SlackSettings) -> Check:
    """Ask for a websocket address without using it; an unused address expires after a while."""
    by_app = SlackWeb(replace(part, bot_token=part.app_token, transport="http", signing_secret="-"))
    try:
        by_app.client.apps_connections_open(app_token=part.app_token)
    except Exception as error:  # as above
        cause = causes.why(error, part.api_url, todo=causes.COPY_APP)
        passing = cause.todo == causes.AGAIN
        return Check("Slack Socket Mode", None if passing else False, cause.said, cause.todo)
    return Check("Slack Socket Mode", True, "a websocket can be opened")
