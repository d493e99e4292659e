"""The Slack edge: both transports, typed text, messages, modals, Home, and who people are.

Deliberately absent: decisions. Nothing here says who may do what; everything asked for goes through the gate,
and a button or modal carries no right. Nothing here knows AWS or SQL.
"""
