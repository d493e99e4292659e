"""What an environment's role may do, asked of IAM's policy simulator before a stop begins.

The simulator knows the role's policies, its permissions boundary, the organisation's service control policies
and the tags that we pass. A denial that rests on anything else is not counted here: the real call might be
allowed, so the call itself decides. Deliberately absent: trying a change to see whether it is allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.aws import appconfig_calls, arns, calls, scaling
from bot.aws.database_rows import CLUSTER
from bot.aws.discovery.live import LiveServices, batches
from bot.aws.errors import translated
from bot.aws.kept import Kept
from bot.aws.place import Place
from handlers.ports.aws import Moves
from handlers.words.errors import Trouble
from policies.service.environment import Environment, LiveService

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef

SILENT_SECONDS = 600.0
"""Seconds during which a role is not asked about again after IAM did not answer. An isolated network has no
way to IAM, and each attempt would keep a person waiting for the whole time limit.
"""
MOST_RESOURCES = 50
"""Resources in one question. The limit is our own caution; the service model names none."""
ALLOWED = "allowed"
TAG = "aws:ResourceTag/"
OURS = (TAG, "ecs:")
"""Context keys that our real calls lack as well, unless we passed them: all tags are read, and a change of
the count alone carries no other ``ecs:`` parameter.
"""
UPDATE, SCALE = calls.UPDATE_SERVICE.action, calls.REGISTER_SCALABLE_TARGET.action
ROLLBACKS = (calls.CONTINUE_SERVICE_DEPLOYMENT.action, calls.STOP_SERVICE_DEPLOYMENT.action)
INSTANCE_WRITES = (calls.STOP_DB_INSTANCE.action, calls.START_DB_INSTANCE.action)
CLUSTER_WRITES = (calls.STOP_DB_CLUSTER.action, calls.START_DB_CLUSTER.action)


@dataclass(frozen=True)
class Question:
    """May the role perform these ``actions`` on each of these resources? ``on`` maps an ARN to the name that
    is reported. ``absent`` holds prefixes of the context keys that the real call would not carry either,
    except for the ``untold`` keys.
    """

    actions: tuple[str, ...]
    on: Mapping[str, str]
    context: Mapping[str, str]
    absent: tuple[str, ...] = OURS
    untold: frozenset[str] = frozenset()

    def knows_all(self, missing: Sequence[str]) -> bool:
        """Are the context keys that the simulator lacked missing in the real call as well?"""
        return all(key.startswith(self.absent) and key not in self.untold for key in missing)


class IamPermissions:
    """Implements ``handlers.ports.aws.Permissions``. ``silent`` is shared by the process."""

    def __init__(self, place: Place, live: LiveServices, silent: Kept[bool]) -> None:
        self._place, self._live, self._silent = place, live, silent

    def lacking(self, moves: Moves) -> Mapping[str, tuple[str, ...]]:
        where = self._place.environment
        key = (where.account, where.role_arn)
        if self._silent.find(key):
            raise Trouble(f"IAM did not say a moment ago what the role of {where.name} may do.")
        principal, questions = self._principal(), list(self._questions(moves))
        try:
            found = [row for q in questions for row in self._denied(principal, q)]
        except Trouble:
            self._silent.keep(key, True)
            raise
        actions = sorted({action for action, _ in found})
        return {action: tuple(sorted(on for done, on in found if done == action)) for action in actions}

    def _principal(self) -> str:
        """The role's ARN, or that of the process's own credentials if the catalog names no role."""
        where = self._place.environment
        if where.role_arn:
            return where.role_arn
        action = f"ask AWS who the bot is in {where.name}"
        with translated(action):
            arn = self._place.sts(action).get_caller_identity()["Arn"]
        return role_of(arn)

    def _questions(self, moves: Moves) -> Iterator[Question]:
        own = self._live.membership().own
        moved, rolled = ([s for s in own if s.name in names] for names in (moves.services, moves.rolled))
        yield from (self._on_services(alike, (UPDATE,)) for alike in _alike(moved))
        yield from (self._on_services(alike, ROLLBACKS) for alike in _alike(rolled))
        where = [self._place.environment]
        if moves.scaled:
            [target] = arns.each(where, "application-autoscaling", "scalable-target/any")
            context = {
                "application-autoscaling:service-namespace": scaling.NAMESPACE,
                "application-autoscaling:scalable-dimension": scaling.DIMENSION,
            }
            yield Question(
                (calls.REGISTER_SCALABLE_TARGET.action,), {target: moves.scaled[0]}, context, absent=()
            )
        for actions, names in (
            (INSTANCE_WRITES, [d for d in moves.databases if not d.startswith(CLUSTER)]),
            (CLUSTER_WRITES, [d for d in moves.databases if d.startswith(CLUSTER)]),
        ):
            if names:
                yield Question(actions, {arns.database(where[0], n): n for n in names}, {}, absent=())
        yield from self._on_groups(moves.groups)
        yield from _on_flags(where[0], moves.flags)

    def _on_services(self, services: Sequence[LiveService], actions: tuple[str, ...]) -> Question:
        """A question about services, which passes the tags on which all of them agree."""
        [cluster] = arns.each([self._place.environment], "ecs", f"cluster/{services[0].cluster}")
        first, *others = (s.tags for s in services)
        agreed = {TAG + k: v for k, v in first.items() if all(tags.get(k) == v for tags in others)}
        untold = {TAG + k for k in first} - agreed.keys()
        names = {s.arn: s.name for s in services}
        return Question(
            actions,
            names,
            {"ecs:cluster": cluster, **agreed},
            untold=frozenset(untold),
        )

    def _on_groups(self, names: Sequence[str]) -> Iterator[Question]:
        action = f"read the Auto Scaling groups of {self._place.environment.name}"
        if not names:
            return
        client = self._place.groups(action)
        with self._place.turn(calls.DESCRIBE_AUTO_SCALING_GROUPS, action):
            rows = client.describe_auto_scaling_groups(AutoScalingGroupNames=list(names))
        for row in rows["AutoScalingGroups"]:
            tags = {TAG + tag["Key"]: tag.get("Value", "") for tag in row.get("Tags", []) if "Key" in tag}
            on = {row["AutoScalingGroupARN"]: row["AutoScalingGroupName"]}
            yield Question((calls.UPDATE_AUTO_SCALING_GROUP.action,), on, tags, absent=(TAG,))

    def _denied(self, principal: str, question: Question) -> Iterator[tuple[str, str]]:
        """Each action that is denied, with the name of the resource."""
        action = f"ask what the role of {self._place.environment.name} may do"
        pages = self._place.iam(action).get_paginator("simulate_principal_policy")
        for batch in batches(question.on, MOST_RESOURCES):
            with translated(action):
                answer = pages.paginate(
                    PolicySourceArn=principal,
                    ActionNames=list(question.actions),
                    ResourceArns=batch,
                    ContextEntries=self._context(question),
                )
                results = [row for page in answer for row in page["EvaluationResults"]]
            for result in results:
                for arn in denied_on(result, question):
                    yield result["EvalActionName"], question.on[arn]

    def _context(self, question: Question) -> list[ContextEntryTypeDef]:
        where = self._place.environment
        always = {
            "aws:RequestedRegion": where.region,
            "aws:ResourceAccount": where.account,
            "aws:PrincipalAccount": where.account,
        }
        told = [_entry(key, value) for key, value in {**always, **question.context}.items()]
        return [*told, _entry("aws:SecureTransport", "true", "boolean")]


def _on_flags(where: Environment, names: Collection[str]) -> Iterator[Question]:
    """Questions about the parameters, and about everything that a deployment of AppConfig needs."""
    flags = [flag for flag in where.flags if flag.name in names]
    parameters = {arns.flag(where, f.parameter): f.name for f in flags if f.parameter}
    kept = [(f.appconfig, f.name) for f in flags if f.appconfig is not None]
    profiles = {arns.profile(where, at): name for at, name in kept}
    others = {
        arn: name
        for at, name in kept
        for arn in (arns.appconfig_environment(where, at), arns.strategy(where, at))
    }
    made = {arns.deployment(where, at, "1"): name for at, name in kept}
    for call, on in (
        (calls.PUT_PARAMETER, parameters),
        (appconfig_calls.CREATE_HOSTED_CONFIGURATION_VERSION, profiles),
        (appconfig_calls.START_DEPLOYMENT, {**profiles, **others}),
        (appconfig_calls.STOP_DEPLOYMENT, made),
    ):
        if on:
            yield Question((call.action,), on, {}, absent=())


def role_of(arn: str) -> str:
    """The role behind a session's ARN, as IAM takes it; any other ARN unchanged. The path of a role cannot be
    derived from its session, so for a role with a path IAM answers that there is no such role.
    """
    start, _, resource = arn.partition(":assumed-role/")
    if not resource:
        return arn
    return f"{start.replace(':sts:', ':iam:')}:role/{resource.split('/')[0]}"


def _alike(services: Sequence[LiveService]) -> list[list[LiveService]]:
    """Group services by cluster and by the keys of their tags, whatever the values: each group is one
    question.
    """
    kinds: dict[tuple[str, frozenset[str]], list[LiveService]] = {}
    for service in services:
        kinds.setdefault((service.cluster, frozenset(service.tags)), []).append(service)
    return list(kinds.values())


def denied_on(result: EvaluationResultTypeDef, question: Question) -> Iterator[str]:
    """ARNs on which the action is denied, whatever the context that we did not pass would have been."""
    for row in result.get("ResourceSpecificResults", []):
        arn, missing = row["EvalResourceName"], row.get("MissingContextValues", [])
        if row["EvalResourceDecision"] != ALLOWED and arn in question.on and question.knows_all(missing):
            yield arn


def _entry(key: str, value: str, kind: Literal["string", "boolean"] = "string") -> ContextEntryTypeDef:
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}
