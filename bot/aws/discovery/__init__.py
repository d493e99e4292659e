"""ECS as it stands now: the environment's own services, and the facts about each.

Deliberately absent: what the facts mean (``policies.service.deployment``) and which environment a service
belongs to (``policies.service.environment.membership``), which is only asked here.
"""
