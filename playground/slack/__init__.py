"""A Slack to run against: Web API, both transports, people who type and click, and a page to watch it.

Deliberately absent: events for ordinary messages, history, files, search, threads' commands, every Web
API method that Lamplighter has no use for (they answer ``unknown_method``), and any leniency: what Slack
refuses is refused here.
"""
