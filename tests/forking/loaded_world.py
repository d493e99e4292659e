"""What the playground loads only when its world starts or is first called, loaded once before the first fork:
what botocore and moto know of the services that the playground begins with.
"""

from __future__ import annotations

from moto.core.base_backend import AccountSpecificBackend
from moto.core.utils import get_service_model

import playground.aws.world  # noqa: F401

SERVICES = ("ecs", "ecr", "ec2", "elbv2", "iam", "logs", "ssm", "sts")
CALLED = ("ecs", "sts", "application-autoscaling")

session = AccountSpecificBackend.get_session()
for service in SERVICES:
    session.get_available_regions(service)
for service in CALLED:
    get_service_model(service)
