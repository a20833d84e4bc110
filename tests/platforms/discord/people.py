"""The members of the suite's own Discord: they write, edit, delete, press and type commands."""

from datetime import UTC, datetime
from typing import Any

from tests.platforms.discord.parts import Interaction
from tests.platforms.discord.server import Server
from tests.platforms.discord.state import (
    ALL,
    APPLICATION,
    GENERAL,
    GUILD,
    Json,
    iso,
    member,
    user,
)


class Place(int):
    """A channel as an option."""


class Person(int):
    """A member as an option."""


_KINDS = {str: 3, bool: 5, int: 4, Person: 6, Place: 7}


class People:
    """What members can do."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.state = server.state
        self.app_permissions = ALL

    @property
    def post(self) -> Json:
        """The latest question in the channel."""
        return [each for each in self.state.messages[GENERAL] if each["components"]][-1]

    @property
    def thread(self) -> int:
        """The latest question's thread."""
        return int(self.post["id"])

    async def say(self, who: int, text: str, channel: int | None = None) -> Json:
        place = channel or self.thread
        message, _ = self.state.write(place, who, {"content": text})
        await self.server.dispatch("MESSAGE_CREATE", {**message, "member": member(who)})
        return message

    async def edit(self, message: Json, text: str) -> None:
        message.update(content=text, edited_timestamp=iso(datetime.now(UTC)))
        who = int(message["author"]["id"])
        await self.server.dispatch("MESSAGE_UPDATE", {**message, "member": member(who)})

    async def delete(self, message: Json) -> None:
        channel = int(message["channel_id"])
        self.state.messages[channel].remove(message)
        data = {"id": message["id"], "channel_id": message["channel_id"], "guild_id": str(GUILD)}
        await self.server.dispatch("MESSAGE_DELETE", data)

    async def delete_all(self, messages: list[Json]) -> None:
        channel = int(messages[0]["channel_id"])
        for message in messages:
            self.state.messages[channel].remove(message)
        ids = [message["id"] for message in messages]
        data = {"ids": ids, "channel_id": str(channel), "guild_id": str(GUILD)}
        await self.server.dispatch("MESSAGE_DELETE_BULK", data)

    async def complete(self, who: int, line: str, option: str, typed: str) -> Interaction:
        """Type the beginning of an option."""
        name, _, sub = line.partition(" ")
        given: list[Json] = [{"name": option, "type": 3, "value": typed, "focused": True}]
        if sub:
            given = [{"name": sub, "type": 1, "options": given}]
        return await self._interact(who, 4, {"id": "1", "name": name, "type": 1, "options": given})

    async def command(self, who: int, line: str, **options: Any) -> Interaction:  # noqa: ANN401
        """``challenge show`` with options; the name must be known to Discord."""
        name, _, sub = line.partition(" ")
        assert name in {each["name"] for each in self.state.commands}, f"/{name} was never synced"
        resolved: Json = {}
        given: list[Json] = [
            {"name": key, "type": _KINDS[type(value)], "value": self._value(value, resolved)}
            for key, value in options.items()
        ]
        if sub:
            given = [{"name": sub, "type": 1, "options": given}]
        data = {"id": "1", "name": name, "type": 1, "options": given, "resolved": resolved}
        return await self._interact(who, 2, data)

    def _value(self, value: Any, resolved: Json) -> Any:  # noqa: ANN401
        """An option's value; what it points at is sent along."""
        match value:
            case Place():
                channel = {**self.state.channels[value], "permissions": ALL}
                resolved["channels"] = {str(value): channel}
                return str(value)
            case Person():
                resolved["users"] = {str(value): user(value)}
                resolved["members"] = {str(value): member(value)}
                return str(value)
        return value

    async def press(
        self, who: int, message: Json, label: str, channel: int = GENERAL
    ) -> Interaction:
        found = [
            item
            for row in message["components"]
            for item in row["components"]
            if item["label"] == label
        ]
        assert found, f"there is no button {label}"
        assert not found[0].get("disabled")
        data = {"custom_id": found[0]["custom_id"], "component_type": 2}
        whole = {"id": "1", "channel_id": str(channel), "author": user(who), **_EMPTY, **message}
        opened = await self._interact(who, 3, data, message=whole, channel=channel)
        opened.source = {"message": whole}
        return opened

    async def submit(
        self, who: int, opened: Interaction, text: str = "", **fields: str
    ) -> Interaction:
        """Hand in a form; one with several fields by their names."""
        assert opened.callback is not None
        assert opened.callback["type"] == 9, "that opened no form"
        form = opened.callback["data"]
        typed = fields or {"text": text}
        asked = [each["component"] for each in form["components"]]
        assert {each["custom_id"] for each in asked} == set(typed)
        assert all(typed[each["custom_id"]] or not each["required"] for each in asked)
        assert all(len(typed[each["custom_id"]]) <= each["max_length"] for each in asked)
        components = [
            {
                "type": 18,
                "id": number,
                "component": {"type": 4, "custom_id": name, "value": value, "id": 9},
            }
            for number, (name, value) in enumerate(typed.items())
        ]
        data = {"custom_id": form["custom_id"], "components": components}
        return await self._interact(who, 5, data, channel=opened.channel, **opened.source)

    async def _interact(
        self,
        who: int,
        kind: int,
        data: Json,
        *,
        channel: int = GENERAL,
        **more: Any,  # noqa: ANN401
    ) -> Interaction:
        number = self.state.snowflake()
        interaction = Interaction(number, f"token-{number}", channel)
        self.server.interactions[interaction.token] = interaction
        direct = self.state.channels[channel]["type"] == 1
        person: Json = (
            {"user": user(who)}
            if direct
            else {
                "guild_id": str(GUILD),
                "member": member(who, self.state.roles.get(who, ()), with_user=True),
            }
        )
        payload = {
            "id": str(number),
            "application_id": str(APPLICATION),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "channel_id": str(channel),
            "channel": self.state.channels[channel],
            "app_permissions": self.app_permissions,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1 if direct else 0,
            "attachment_size_limit": 0,
            "data": data,
            **person,
            **more,
        }
        await self.server.dispatch("INTERACTION_CREATE", payload)
        return interaction


_EMPTY: Json = {
    "content": "",
    "timestamp": iso(datetime(2026, 1, 1, tzinfo=UTC)),
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "pinned": False,
    "type": 0,
    "flags": 64,
}
