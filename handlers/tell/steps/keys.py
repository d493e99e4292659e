"""What is said of keys while they are deleted and after that. The headline names the pattern."""

from __future__ import annotations


def counted(keys: int, *, at_least: bool) -> str:
    """*12,400 keys*, or *at least 12,400 keys* where an answer was lost."""
    number = f"{keys:,} {'key' if keys == 1 else 'keys'}"
    return f"at least {number}" if at_least else number


def so_far(keys: str) -> str:
    return f"{keys} deleted so far"


def deleted(keys: str) -> str:
    """*12,400 keys deleted*, after the sentence that names the pattern."""
    return f"{keys} deleted"


def most_keys(keys: str, most: int) -> str:
    return f"{keys} deleted, and others are left: {most:,} is the most for one flush here"


def most_seconds(keys: str, most: int) -> str:
    return f"{keys} deleted, and others may be left: {most:,} s of work is the most for one flush here"


def silent(keys: str, why: str) -> str:
    return f"{keys} deleted so far; trying again, because: {why}"


def stopped(keys: str, why: str) -> str:
    return f"{keys} deleted, and others may be left: {why}"
