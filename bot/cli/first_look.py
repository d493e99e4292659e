"""Asks Slack and AWS for a first catalog. A failure that prevents the catalog ends the command with a
sentence; what is only missing is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import NoReturn

from bot.aws import causes as aws_causes
from bot.aws.first_look import AwsFirstLook
from bot.aws.partitions import regions
from bot.bootstrap import first_look
from bot.cli.output import fail
from bot.settings import Settings
from bot.slack import causes as slack_causes
from bot.slack import installation
from bot.slack.first_look import SlackFirstLook
from bot.slack.settings import SlackSettings
from bot.slack.web import SlackWeb
from handlers.words.errors import Absent, Denied, Rejected, Trouble
from policies.access.people import ConsoleUser
from policies.catalog import forms
from policies.catalog.found import FoundChannel, FoundCluster, FoundDatabase

SAID = ("team_id", "enterprise_id", "user_id", "is_enterprise_install")
NO_TOKEN = (
    "make the app from `lamplighter manifest`, install it, and keep its Bot User OAuth Token (xoxb-…) in the "
    "file that LAMPLIGHTER_SLACK_BOT_TOKEN_FILE names (docs/connect.md)"
)
NO_REGION = "set AWS_REGION, for example AWS_REGION=eu-central-1"
ALLOW = "allow whoever runs this what `lamplighter policy --init` prints"
NAMED = f"{ALLOW}, or name the clusters: `lamplighter init --cluster staging`"
AGAIN = "run `lamplighter init` again"


@dataclass(frozen=True)
class Noted:
    """Something that could not be read, and the next step."""

    said: str
    todo: str


def ended(what: str, todo: str) -> NoReturn:
    """End the command: say why nothing was written, and what to do next."""
    fail(f"{what}\n  -> {todo}\nNothing was written.")


def slack_look(settings: Settings) -> SlackFirstLook:
    """Look at Slack with the bot token alone: a first catalog needs no app-level token and no signing
    secret.
    """
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    if not bot:
        ended("Slack: no bot token is set.", NO_TOKEN)
    for setting, cause in slack_causes.misplaced(bot, app, settings.slack_signing_secret.get_secret_value()):
        if setting == slack_causes.BOT:
            ended(f"Slack: {setting}: {cause.said}.", cause.todo)
    part = SlackSettings(
        bot_token=bot,
        app_token=app,
        signing_secret="-",
        transport="http",
        api_url=settings.slack_api_url,
        answer_seconds=settings.slack_answer_seconds,
    )
    web = SlackWeb(part)
    try:
        answer = web.client.auth_test()
    except Exception as error:  # whatever the SDK raises is reported
        cause = slack_causes.why(error, part.api_url)
        ended(f"Slack token: {cause.said}.", cause.todo)
    look = SlackFirstLook(web, installation.read({n: answer.get(n) for n in SAID}), settings.slack_team)
    if not look.serves():
        said = f"Slack: the token is of {look.installed.words}, the settings say {settings.slack_team}."
        ended(said, f"use a token of {settings.slack_team}, or correct LAMPLIGHTER_SLACK_TEAM")
    return look


def channels(look: SlackFirstLook) -> tuple[tuple[FoundChannel, ...], tuple[Noted, ...]]:
    """The bot's channels. A catalog can be written without them, so a failure is only noted."""
    try:
        found = look.channels()
    except Trouble as trouble:
        todo = "apply the output of `lamplighter manifest` to the app and install it again" if isinstance(
            trouble, Denied
        ) else AGAIN  # fmt: skip
        return (), (Noted(f"The bot's channels are not known: {trouble.sentence}", todo),)
    if found:
        return found, ()
    todo = "type /invite @lamplighter in the channel where changes are to be told, and run this again"
    return (), (Noted("The bot is in no channel yet.", todo),)


def aws_look(settings: Settings, region: str, user: ConsoleUser) -> AwsFirstLook:
    """Look at AWS in that region, once its credentials answer."""
    if not region:
        ended("AWS: no region is set.", NO_REGION)
    try:
        forms.region(region, regions())
    except forms.Miswritten as wrong:
        ended(f"AWS: {wrong}.", NO_REGION)
    look = first_look(settings, region, user)
    try:
        assert look.account
    except Trouble as trouble:
        _ended_by_aws(look, trouble)
    return look


def clusters(look: AwsFirstLook, wanted: Sequence[str]) -> tuple[str, ...]:
    """The names of the clusters that exist, or of the ``wanted`` ones, which are names and patterns."""
    exact = not any(set(name) & set("*?[") for name in wanted)
    try:
        there = look.clusters()
    except Denied as trouble:
        if wanted and exact:
            return tuple(sorted(set(wanted)))
        _ended_by_aws(look, trouble, denied=NAMED)
    except Trouble as trouble:
        _ended_by_aws(look, trouble)
    where = f"account {look.account}, region {look.region}"
    if not there:
        todo = "set AWS_REGION to the region where they are, or use credentials of another account"
        ended(f"AWS: there is no ECS cluster in {where}.", todo)
    strange = [name for name in wanted if not any(fnmatchcase(one, name) for one in there)]
    if strange:
        ended(f"AWS: there is no cluster {strange[0]} in {where}.", f"there are: {_some(there)}")
    return tuple(one for one in there if not wanted or any(fnmatchcase(one, name) for name in wanted))


def cluster(look: AwsFirstLook, name: str) -> FoundCluster:
    """One cluster. If its services may not be read, the cluster is still listed; if AWS does not answer at
    all, the command ends.
    """
    try:
        return FoundCluster(name, look.services(name))
    except (Denied, Absent, Rejected) as trouble:
        return FoundCluster(name, unread=trouble.sentence)
    except Trouble as trouble:
        _ended_by_aws(look, trouble)


def unread(clusters: Sequence[FoundCluster]) -> tuple[Noted, ...]:
    """Note the clusters of which only the names are known."""
    names = [cluster.name for cluster in clusters if cluster.unread]
    why = next((cluster.unread for cluster in clusters if cluster.unread), "")
    return (Noted(f"The services of {_some(names)} are not known: {why}", ALLOW),) if names else ()


def databases(look: AwsFirstLook) -> tuple[tuple[FoundDatabase, ...], tuple[Noted, ...]]:
    try:
        return look.databases(), ()
    except Trouble as trouble:
        why = aws_causes.told(trouble, look.environment(""), datetime.now(UTC), denied=ALLOW)
        return (), (Noted(f"Databases are not known: {why.said}", why.todo),)


def _ended_by_aws(look: AwsFirstLook, trouble: Trouble, *, denied: str = ALLOW) -> NoReturn:
    why = aws_causes.told(trouble, look.environment(""), datetime.now(UTC), denied=denied)
    ended(why.said, why.todo)


def _some(names: Sequence[str], most: int = 20) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
