"""Past deployments of a service in staging, for tests of what compares them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from policies.service.history import DefinedContainer, Definition, PastDeployment, RevisionImage
from tests.fakes.aws import START, FakeServices

ACCOUNT = "arn:aws:ecs:eu-west-1:111122223333"
VARIABLES = ("APP_ENV", "DATABASE_URL")


def deployed(
    services: FakeServices,
    number: int,
    status: str = "SUCCESSFUL",
    *,
    service: str = "orders-api",
    variables: tuple[str, ...] = VARIABLES,
    digest: str = "a",
    **fields: Any,
) -> PastDeployment:
    """Let ECS remember a deployment, made so many hours before the world begins, and its own definition."""
    at = START - timedelta(hours=9 - number)
    family = f"{ACCOUNT}:task-definition/staging-{service}:{number}"
    image = RevisionImage("app", f"registry/{service}:live", f"sha256:{digest * 64}")
    past = PastDeployment(
        f"{ACCOUNT}:service-deployment/staging/{service}/{number}",
        status,
        at,
        revision=f"{ACCOUNT}:service-revision/staging/{service}/{number}",
        definition=family,
        images=(image,),
        **fields,
    )
    services.remember(service, *services.past.deployments.get(service, ()), past)
    container = DefinedContainer("app", image.image, variables=variables)
    services.define(
        Definition(
            family, "ACTIVE", (container,), "256", "512", "awsvpc", registered_at=at, registered_by="ci"
        )
    )
    return past
