"""What ``doctor`` and ``apply`` check: the database, Slack, AWS, and the catalog against Slack and AWS.

Deliberately absent: changes. A check asks, and says what was found and what to do next.
"""
