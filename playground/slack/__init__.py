"""A Slack to run against: Web API, both transports, people who type and click, and a page that shows it all.

Deliberately absent: events for ordinary messages, history, search, commands in threads, every Web API method
that Lamplighter has no use for (those answer ``unknown_method``), and any leniency: what Slack refuses is
refused here.
"""
