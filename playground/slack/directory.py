"""People, channels and user groups, and the questions asked about them."""

from __future__ import annotations

from playground.slack import cast
from playground.slack.cast import Channel, Group, Person
from playground.slack.organisation import ALONE, Organisation
from playground.slack.words import PersonRefusal, SlackRefusal


class Directory:
    """The workspace's people and places; starts as the cast and may be changed by events."""

    def __init__(self, organisation: Organisation = ALONE) -> None:
        self.people: dict[str, Person] = organisation.people()
        self.channels: dict[str, Channel] = organisation.channels()
        self.groups: dict[str, Group] = organisation.groups()

    def person(self, user_id: str) -> Person:
        """Return a person, for the control API. Raises ``PersonRefusal`` (404) if there is no such person."""
        if user_id not in self.people:
            raise PersonRefusal(f"there is no person {user_id}", 404)
        return self.people[user_id]

    def channel(self, channel_id: str) -> Channel:
        """Return a channel, for the control API. Raises ``PersonRefusal`` (404) if there is no
        such channel.
        """
        found = self.channels.get(channel_id) or self.channel_named(channel_id.removeprefix("#"))
        if found is None:
            raise PersonRefusal(f"there is no channel {channel_id}", 404)
        return found

    def seen_by_bot(self, channel_id: str) -> Channel:
        """Return a channel, for the Web API. Raises ``channel_not_found``, also for a private channel without
        the bot.
        """
        found = self.channels.get(channel_id) or self.channel_named(channel_id.removeprefix("#"))
        if found is None or (found.is_private and cast.BOT_USER not in found.members):
            raise SlackRefusal("channel_not_found")
        return found

    def writable_by_bot(self, channel_id: str) -> Channel:
        """Return the channel in which the bot may post; a user id means that person's direct message."""
        if channel_id in self.people:
            return self.direct_with(channel_id)
        channel = self.seen_by_bot(channel_id)
        if channel.is_archived:
            raise SlackRefusal("is_archived")
        if cast.BOT_USER not in channel.members:
            raise SlackRefusal("not_in_channel")
        return channel

    def direct_with(self, user_id: str) -> Channel:
        """Return the bot's direct message with a person, made if there is none yet."""
        person = self.people.get(user_id)
        if person is None:
            raise SlackRefusal("user_not_found")
        made = cast.direct(person)
        return self.channels.setdefault(made.id, made)

    def channel_named(self, name: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.name == name and not c.is_im), None)

    def person_named(self, name: str) -> Person | None:
        return next((p for p in self.people.values() if p.name == name and not p.is_bot), None)

    def group_named(self, handle: str) -> Group | None:
        return next((g for g in self.groups.values() if g.handle == handle), None)
