"""One environment's seat in AWS: its account, region and role, for one actor. A seat never changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bot.aws.calls import Call
from bot.aws.errors import translated
from bot.aws.identity import changer, reader
from bot.aws.session import Identities
from bot.aws.throttle import Buckets, Standing
from handlers.words.errors import Rejected, Throttled, Trouble
from policies.access.people import Actor
from policies.service.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.client import ApplicationAutoScalingClient
    from mypy_boto3_autoscaling.client import AutoScalingClient
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_ecr.client import ECRClient
    from mypy_boto3_ecs.client import ECSClient
    from mypy_boto3_elbv2.client import ElasticLoadBalancingv2Client
    from mypy_boto3_iam.client import IAMClient
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_rds.client import RDSClient
    from mypy_boto3_ssm.client import SSMClient
    from mypy_boto3_sts.client import STSClient

Page = TypeVar("Page", bound=Mapping[str, Any])
TOKENS = ("nextToken", "NextToken", "Marker")
"""Fields by which a page says that another page follows; the last is RDS's."""


@dataclass
class Paid:
    """``left`` calls of a category for which there is room already."""

    category: str
    left: int


@dataclass(frozen=True)
class Place:
    """Where and as whom an adapter calls AWS; a place can name no other account, region or role. ``standing``
    is its rank in the rate buckets.
    """

    environment: Environment
    actor: Actor
    identities: Identities
    buckets: Buckets
    ticks: Callable[[], float] = monotonic
    send_within: float = 20.0
    standing: Standing = Standing.PERSON
    paid: Paid | None = None

    def send_by(self) -> float:
        """Until when, in ticks, a change that begins now may be sent."""
        return self.ticks() + self.send_within

    def check_account(self, arn: str) -> None:
        """Raise ``Rejected`` for an ARN of another account. The credentials must lead where the catalog says,
        or the bot would operate somebody else's services and databases.
        """
        if arn.split(":")[4] != self.environment.account:
            raise Rejected(
                f"The credentials for {self.environment.name} lead to another AWS account than the catalog "
                "says; an admin must correct one of them."
            )

    def ecs(self, action: str) -> ECSClient:
        return cast("ECSClient", self._reading("ecs", action))

    def ecs_for_change(self, action: str) -> ECSClient:
        return cast("ECSClient", self._changing("ecs", action))

    def scaling(self, action: str) -> ApplicationAutoScalingClient:
        return cast("ApplicationAutoScalingClient", self._reading("application-autoscaling", action))

    def scaling_for_change(self, action: str) -> ApplicationAutoScalingClient:
        return cast("ApplicationAutoScalingClient", self._changing("application-autoscaling", action))

    def groups(self, action: str) -> AutoScalingClient:
        return cast("AutoScalingClient", self._reading("autoscaling", action))

    def groups_for_change(self, action: str) -> AutoScalingClient:
        return cast("AutoScalingClient", self._changing("autoscaling", action))

    def rds(self, action: str) -> RDSClient:
        return cast("RDSClient", self._reading("rds", action))

    def rds_for_change(self, action: str) -> RDSClient:
        return cast("RDSClient", self._changing("rds", action))

    def caches(self, action: str) -> Any:
        return self._reading("elasticache", action)

    def parameters(self, action: str) -> SSMClient:
        return cast("SSMClient", self._reading("ssm", action))

    def parameters_for_change(self, action: str) -> SSMClient:
        return cast("SSMClient", self._changing("ssm", action))

    def appconfig(self, action: str) -> Any:
        return self._reading("appconfig", action)

    def appconfig_for_change(self, action: str) -> Any:
        return self._changing("appconfig", action)

    def ecr(self, action: str) -> ECRClient:
        return cast("ECRClient", self._reading("ecr", action))

    def elb(self, action: str) -> ElasticLoadBalancingv2Client:
        return cast("ElasticLoadBalancingv2Client", self._reading("elbv2", action))

    def logs(self, action: str) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self._reading("logs", action))

    def ec2(self, action: str) -> EC2Client:
        return cast("EC2Client", self._reading("ec2", action))

    def metrics(self, action: str) -> Any:
        return self._reading("cloudwatch", action)

    def optimizer(self, action: str) -> Any:
        return self._reading("compute-optimizer", action)

    def iam(self, action: str) -> IAMClient:
        return cast("IAMClient", self._reading("iam", action))

    def sts(self, action: str) -> STSClient:
        return cast("STSClient", self._reading("sts", action))

    def _reading(self, service: str, action: str) -> Any:
        identity = reader(self.environment)
        return self.identities.client(service, identity, self.environment.region, action=action)

    def _changing(self, service: str, action: str) -> Any:
        """A client for changes, as this person and with a single attempt. No other client changes
        anything.
        """
        identity = changer(self.environment, self.actor)
        return self.identities.client(service, identity, self.environment.region, action=action)

    @contextmanager
    def turn(self, call: Call, action: str, *, send_by: float | None = None) -> Iterator[None]:
        """Make one metered call. Raise ``Throttled`` if the bucket has no room now, and translate AWS's
        errors.

        A change passes the time until which it may be sent; after that time nothing is sent.
        """
        if send_by is not None and self.ticks() > send_by:
            raise Trouble(f"AWS was too slow, so the bot did not {action}.", retry_helps=True)
        category = call.bucket
        if self.paid is not None and self.paid.category == category and self.paid.left:
            self.paid.left -= 1
        else:
            self._ask(category, 1, action)
        with translated(action, change=send_by is not None):
            yield

    @contextmanager
    def together(self, calls: int, call: Call, action: str) -> Iterator[Place]:
        """A place with room for so many calls of its category, for answers that are worth nothing unless all
        of it is read. Raise ``Throttled`` if the calls do not all fit now.

        If many readers took room call by call at once, each would spend the room that another needs to
        finish, and none would ever finish. Room that is not used is returned.
        """
        paid = Paid(call.bucket, calls)
        self._ask(paid.category, calls, action)
        try:
            yield replace(self, paid=paid)
        finally:
            self.buckets.give_back(paid.category, paid.left)

    def _ask(self, category: str, calls: int, action: str) -> None:
        wait = self.buckets.ask(category, standing=self.standing, calls=calls)
        if wait:
            seconds = math.ceil(wait)
            sentence = f"Too much is being asked of AWS just now: the bot can {action} in {seconds} s."
            raise Throttled(sentence, retry_helps=True)

    def paged(self, call: Call, action: str, pages: Iterable[Page]) -> Iterator[Page]:
        """Every page, each in a turn of its own."""
        walk = iter(pages)
        while True:
            with self.turn(call, action):
                page = next(walk, None)
            if page is None:
                return
            yield page
            if not any(page.get(token) for token in TOKENS):
                return
