"""The Slack edge: both transports, typed text, messages, modals, Home, and who people are.

Deliberately absent: decisions. Nothing here decides who may do what: every request goes through the gate, and
a button or a modal grants no rights. Nothing here knows AWS or SQL.
"""
