"""The one account and region that the playground simulates, and moto's backends for them."""

from __future__ import annotations

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ecr.models import ECRBackend, ecr_backends
from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends
from moto.elbv2.models import ELBv2Backend, elbv2_backends
from moto.iam.models import IAMBackend, iam_backends
from moto.logs.models import LogsBackend, logs_backends
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.sts.models import STSBackend, sts_backends

ACCOUNT = "123456789012"
REGION = "eu-central-1"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


def arn(service: str, resource: str) -> str:
    """Return a regional ARN of this account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def ecs() -> EC2ContainerServiceBackend:
    return ecs_backends[ACCOUNT][REGION]


def ecr() -> ECRBackend:
    return ecr_backends[ACCOUNT][REGION]


def ec2() -> EC2Backend:
    return ec2_backends[ACCOUNT][REGION]


def elb() -> ELBv2Backend:
    return elbv2_backends[ACCOUNT][REGION]


def iam() -> IAMBackend:
    return iam_backends[ACCOUNT]["aws"]


def logs() -> LogsBackend:
    return logs_backends[ACCOUNT][REGION]


def sts() -> STSBackend:
    return sts_backends[ACCOUNT]["aws"]


def ssm() -> SimpleSystemManagerBackend:
    return ssm_backends[ACCOUNT][REGION]
