"""The database: SQLAlchemy Core tables, the transactions of the gate and the adapters of its ports.

An adapter owns its tables and maps rows to the frozen dataclasses of ``handlers.ports.store`` itself.
Deliberately absent: an ORM and mirrored models; any decision about who may do what; anything of Slack or
AWS. Nothing outside the database is called inside a transaction.
"""
