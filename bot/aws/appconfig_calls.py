"""The calls for flags in AppConfig, declared once, as in ``bot.aws.calls``."""

from __future__ import annotations

from bot.aws.calls import Call

GET_CONFIGURATION_PROFILE = Call("appconfig", "GetConfigurationProfile", bucket="configurations")
"""Each flag of the catalog is allowed and probed separately, and AppConfig fences it by the ids of its
application, profile and environment."""
GET_HOSTED_CONFIGURATION_VERSION = Call("appconfig", "GetHostedConfigurationVersion", bucket="configurations")
LIST_HOSTED_CONFIGURATION_VERSIONS = Call(
    "appconfig", "ListHostedConfigurationVersions", bucket="configurations"
)
LIST_DEPLOYMENTS = Call("appconfig", "ListDeployments", bucket="configurations")
GET_DEPLOYMENT = Call("appconfig", "GetDeployment", bucket="configurations")
LIST_EXPERIMENT_DEFINITIONS = Call("appconfig", "ListExperimentDefinitions", bucket="configurations")
CREATE_HOSTED_CONFIGURATION_VERSION = Call(
    "appconfig", "CreateHostedConfigurationVersion", bucket="configuration writes", changes=True
)
START_DEPLOYMENT = Call("appconfig", "StartDeployment", bucket="configuration writes", changes=True)
STOP_DEPLOYMENT = Call("appconfig", "StopDeployment", bucket="configuration writes", changes=True)

CONFIGURATIONS: tuple[Call, ...] = tuple(held for held in tuple(vars().values()) if isinstance(held, Call))
"""All of these calls. They are needed only where the catalog keeps a flag in AppConfig."""
