"""What the bot loads only when it starts or first calls AWS, loaded once before the first fork: every
operation, the database's driver, and what botocore knows of the services that most scenarios reach.
"""

from __future__ import annotations

import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

from bot.aws.session import _models
from handlers import registry

SERVICES = ("sts", "ecs", "application-autoscaling", "resourcegroupstaggingapi")

registry.load()
for service in SERVICES:
    for kind in ("service-2", "endpoint-rule-set-1"):
        _models().load_service_model(service, kind, api_version=None)
