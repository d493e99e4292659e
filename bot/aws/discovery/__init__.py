"""ECS as it stands now: which services are the environment's own, and the facts about each.

Deliberately absent: what the facts mean (``policies.service.deployment``) and whom a service belongs to
(``policies.service.environment.membership``), which is only asked here.
"""
