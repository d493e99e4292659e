"""Calls that show whether an environment is used, what it used in the past, and what is left over in an
account.

The calls are declared as in ``bot.aws.calls``. An environment can be operated without them, so a missing
permission is worth knowing, and no more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.aws.appconfig_calls import CONFIGURATIONS
from bot.aws.calls import CALLS, NOBODY, Call, Probe, Seat

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _why(seat: Seat) -> str:
    return f"read {seat.environment.name}"


def _metric(seat: Seat) -> object:
    """Ask for a metric that does not exist, at a time for which nothing is kept."""
    metric = {"Namespace": "AWS/ECS", "MetricName": NOBODY}
    query: Any = {"Id": "probe", "MetricStat": {"Metric": metric, "Period": 3_600, "Stat": "Sum"}}
    window = {"StartTime": LONG_AGO, "EndTime": LONG_AGO.replace(hour=1)}
    return seat.metrics(_why(seat)).get_metric_data(MetricDataQueries=[query], **window)


GET_METRIC_DATA = Call("cloudwatch", "GetMetricData", bucket="metrics", probe=Probe("metrics", _metric))
GET_ENROLLMENT_STATUS = Call(
    "compute-optimizer",
    "GetEnrollmentStatus",
    bucket="optimizer",
    probe=Probe("enrolment in Compute Optimizer", lambda at: at.optimizer(_why(at)).get_enrollment_status()),
)
GET_IDLE_RECOMMENDATIONS = Call("compute-optimizer", "GetIdleRecommendations", bucket="optimizer")
"""Not probed: an account that is not enrolled refuses the call, whatever the role may do."""
LIST_CLUSTERS = Call(
    "ecs",
    "ListClusters",
    bucket="cluster read",
    probe=Probe("lists of clusters", lambda at: at.ecs(_why(at)).list_clusters(maxResults=1)),
)
DESCRIBE_CLUSTERS = Call(
    "ecs",
    "DescribeClusters",
    bucket="cluster read",
    probe=Probe("clusters", lambda at: at.ecs(_why(at)).describe_clusters(clusters=[NOBODY])),
)
DESCRIBE_VOLUMES = Call(
    "ec2",
    "DescribeVolumes",
    bucket="volumes",
    probe=Probe(
        "volumes",
        lambda at: at.ec2(_why(at)).describe_volumes(Filters=[{"Name": "tag-key", "Values": [NOBODY]}]),
    ),
)
DESCRIBE_ADDRESSES = Call(
    "ec2",
    "DescribeAddresses",
    bucket="volumes",
    probe=Probe(
        "public addresses",
        lambda at: at.ec2(_why(at)).describe_addresses(Filters=[{"Name": "tag-key", "Values": [NOBODY]}]),
    ),
)
DESCRIBE_LOG_GROUPS = Call(
    "logs",
    "DescribeLogGroups",
    bucket="log groups",
    probe=Probe("log groups", lambda at: at.logs(_why(at)).describe_log_groups(logGroupNamePrefix=NOBODY)),
)

SIGNS: tuple[Call, ...] = tuple(
    held for held in tuple(vars().values()) if isinstance(held, Call) and held not in CALLS
)
EVERY: tuple[Call, ...] = (*CALLS, *SIGNS, *CONFIGURATIONS)
"""All calls that an environment's role may make."""
