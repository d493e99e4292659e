"""What a person sees: headless Chromium on the playground's page, with the real bot and the world behind it.

A picture of each journey is kept in ``var/screenshots``, or in the folder that ``SCREENSHOTS`` names.
Deliberately absent: the page with canned answers, which ``tests.playground.slack.test_page`` covers.
"""
