"""What ``doctor`` and ``apply`` look at: the database, Slack, AWS and the catalog against both.

Deliberately absent: changes. A check asks, and says what was found and what to do next.
"""
