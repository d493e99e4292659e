"""The application: one file per operation, and ``handlers.gate``, the only way in.

Deliberately absent: Slack, AWS, SQL and scheduler libraries. An operation asks a port (``handlers.ports``)
for what it needs from outside, and a policy (``policies``) for what it decides. The layers, from the bottom
up: ``words``, ``ports``, ``tell``, ``now`` and ``facts`` (what several operations read), ``weekly``,
``steps``, the operations, ``clock``. The gate is handed the operations.
"""
