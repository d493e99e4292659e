"""The edges: Slack, AWS, SQL, the clock, settings, wiring and the command line.

Deliberately absent: rules. An adapter here translates; what is allowed, healthy or due is decided in
``policies`` and ``handlers``. Each sub-package talks to one outside library and knows none of the others.
"""
