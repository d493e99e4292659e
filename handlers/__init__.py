"""The application: one file per operation, and ``handlers.gate``, the one way in.

Deliberately absent: Slack, AWS, SQL and scheduler libraries. What an operation needs from outside it asks
of a port (``handlers.ports``); what it decides it asks of a policy (``policies``). Its floors, from the
ground up: ``words``, ``ports``, ``tell``, ``steps``, the operations, ``clock``. The gate is handed the
operations.
"""
