"""Writes the first catalog as a file: each guess has its reason next to it, and what was left out stands
below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from handlers.tell.apply import YAML_WORDS, console_admin
from policies.catalog.draft import Draft
from policies.catalog.guesses import OPT_IN, Guess
from policies.service.environment import ClusterPick, Environment, Pick

LONGEST_COMMENT = 300
"""The most characters of other people's text that a comment repeats."""
MOST_WITH_WHY = 12
"""The most environments for which a terminal shows every reason."""
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*[A-Za-z0-9]")

BEGINNING = """\
# Which environments there are, and who may do what in them. docs/catalog.md explains every field.
# `lamplighter init` wrote this from what Slack and AWS have in account {account}, region {region}.
# What is marked "guessed" may be wrong: correct it, then run `lamplighter apply` with this file.
version: 1
team: {team} # the workspace or organisation of the Slack token
"""
SCHEDULES = """\
# Nothing is scheduled, so nothing stops or starts by itself. Begin with a row that only observes
# (docs/schedules.md has the notation):
# schedules:
#   - {{ environments: {name}, when: "Mon-Fri 08:00-20:00 {zone}", mode: observe }}
"""


def first_catalog(draft: Draft) -> str:
    """Return the draft as YAML. The text reads back as ``draft.wanted()``."""
    where = draft.found
    begun = BEGINNING.format(account=where.account, region=where.region, team=scalar(draft.team))
    environments = [_environment(one, made) for one, made in _pairs(draft)]
    parts = [
        begun,
        "environments:\n" + "\n".join(environments) if environments else "environments: {}\n",
        SCHEDULES.format(name=_example(draft), zone=draft.admin.time_zone),
        "grants:\n" + "".join(f"  {line}\n" for line in _grants(draft)),
    ]
    if left := [*draft.guesses.left_out, *where.unread]:
        parts.append("# Left out or not known:\n" + "".join(f"#   {comment(line)}\n" for line in left))
    return "\n".join(parts)


def scalar(text: str) -> str:
    """Quote a text so that YAML reads exactly this text."""
    bare = _BARE.fullmatch(text) and text.lower() not in YAML_WORDS
    return text if bare else json.dumps(text, ensure_ascii=False)


def comment(text: str) -> str:
    """Put other people's text on one line, without characters that a file may not hold."""
    seen = "".join(c if c.isprintable() else " " for c in text)
    return seen if len(seen) <= LONGEST_COMMENT else f"{seen[:LONGEST_COMMENT]}…"


def _pairs(draft: Draft) -> Iterator[tuple[Guess, Environment]]:
    return zip(draft.guesses.environments, draft.wanted().environments, strict=True)


def _example(draft: Draft) -> str:
    names = [one.name for one in draft.guesses.environments if not one.production]
    return scalar(names[0]) if names else "staging"


def _environment(one: Guess, made: Environment) -> str:
    lines = [
        f"{scalar(one.name)}: # guessed: named after {comment(one.name_why)}",
        *(f"  {line}" for line in _fields(one, made)),
    ]
    return "".join(f"  {line}\n" for line in lines)


def _fields(one: Guess, made: Environment) -> Iterator[str]:
    yield f"tier: {one.tier.value} # guessed: {comment(one.tier_why)}"
    if one.production:
        yield "open_to: [] # closed to every change; open it by operation, for example [restart]"
    yield f"account: {json.dumps(made.account)}"
    yield f"region: {scalar(made.region)}"
    yield from _pick(one.pick, one)
    yield "# role_arn: the role to take on here; without it the bot uses its own identity (docs/connect.md)"
    if one.channel is None:
        yield "# channel: the id of the channel where changes are told; without it only whoever asks is told"
    else:
        name = comment(f"#{one.channel.name}")
        yield f"channel: {scalar(made.channel)} # guessed: {name}; {comment(one.channel_why)}"
    if made.owner:
        yield f"owner: {scalar(made.owner)} # whom people ask"
    yield f"time_zone: {scalar(made.time_zone)} # the owner's"
    if made.databases:
        why = "; ".join(f"{id_}: {why}" for id_, why in one.databases)
        yield f"databases: [{', '.join(map(scalar, made.databases))}] # guessed: {comment(why)}"


def _pick(pick: Pick, one: Guess) -> Iterator[str]:
    if one.unread:
        yield f"# its services could not be read: {comment(one.unread)}"
    elif lacking := len(one.services) - one.opted_in:
        count = len(one.services)
        some = "no service has" if lacking == count else f"only {one.opted_in} of {count} services have"
        yield f"# {some} the tag {OPT_IN}=true, without which the generated policy denies changes"
    if isinstance(pick, ClusterPick):
        yield f"cluster: {scalar(pick.cluster)} # every service of it"
        return
    clusters = ", ".join(map(scalar, pick.clusters))
    yield f"tag: {{ clusters: [{clusters}], key: {scalar(pick.key)}, value: {scalar(pick.value)} }}"


def _grants(draft: Draft) -> Iterator[str]:
    admin = draft.admin
    person = f"- {{ person: {scalar(admin.user)}, role: admin, environment"
    yield f'{person}: "*" }} # {comment(admin.name or "you")}; a pattern never matches production'
    for name in draft.production:
        yield f"{person}: {scalar(name)} }} # production is granted by its full name"
    yield f"- {console_admin(admin.console)} # the account that runs `lamplighter apply`"
    yield f"# - {{ person: U0…, role: developer, environment: {_example(draft)} }}"


# What the terminal shows


def shown(guesses: Sequence[Guess]) -> Iterator[str]:
    """Show each guess, with its reason unless there are many; the file has the reasons too."""
    for one in guesses:
        yield _in_one_line(one)
        if len(guesses) <= MOST_WITH_WHY:
            yield from _why(one)


def _in_one_line(one: Guess) -> str:
    count = len(one.services)
    pick = one.pick
    where = (
        f"cluster {pick.cluster}"
        if isinstance(pick, ClusterPick)
        else f"{pick.key}={pick.value} in {', '.join(pick.clusters)}"
    )
    many = "services not read" if one.unread else f"{count} service{'s' if count != 1 else ''}"
    return f"{one.name}, {one.tier.value}: {where}, {comment(many)}"


def _why(one: Guess) -> Iterator[str]:
    yield f"  named after {comment(one.name_why)}"
    yield f"  {one.tier.value}: {comment(one.tier_why)}"
    if one.channel:
        yield f"  channel {comment('#' + one.channel.name)}: {comment(one.channel_why)}"
    for id_, why in one.databases:
        yield f"  database {comment(id_)}: {comment(why)}"


def noted(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Show what could not be read, each with the next step."""
    for said, todo in pairs:
        yield f"! {said}"
        yield f"  -> {todo}"


def written(draft: Draft, file: str) -> Iterator[str]:
    """Say what was written. ``file`` is the path of the catalog."""
    count, closed = len(draft.guesses.environments), len(draft.production)
    environments = "1 environment" if count == 1 else f"{count} environments"
    if left := len(draft.guesses.left_out):
        what = "one thing that belongs" if left == 1 else f"{left} things that belong"
        yield f"! The end of the file lists {what} to no environment."
    closing = (
        f"{closed} of them production and closed to every change" if closed else "none of them production"
    )
    yield f"The catalog has {environments}, {closing}. Nothing is scheduled."
    yield f'Check what is marked "guessed" in {file}, then run:'
    yield from ("  lamplighter migrate", f"  lamplighter apply {file}", "  lamplighter doctor")
