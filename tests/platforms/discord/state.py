"""What the suite's own Discord remembers, and the limits that it enforces."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

EPOCH_MS = 1420070400000
APPLICATION = 900
BOT = 901
GUILD = 100
GENERAL = 101
ALL = str((1 << 53) - 1)
MANAGING = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 28
"""Administrator, and to manage channels, the server and roles."""
ORDINARY = str(int(ALL) & ~MANAGING)

ADA, BOB, EVE, MOD = 201, 202, 203, 204
NAMES = {ADA: "Ada", BOB: "Bob", EVE: "Eve", MOD: "Mod", BOT: "interview-bot"}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of the server
    """An error that Discord answers with."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


def iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def user(user_id: int) -> Json:
    name = NAMES.get(user_id, f"Member {user_id}")
    return {
        "id": str(user_id),
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": user_id == BOT,
    }


def member(user_id: int, roles: Sequence[str] = (), *, with_user: bool = False) -> Json:
    found: Json = {
        "roles": list(roles),
        "joined_at": iso(datetime(2026, 1, 1, tzinfo=UTC)),
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "permissions": ALL if user_id == MOD else str(1 << 10 | 1 << 11 | 1 << 31),
    }
    return {**found, "user": user(user_id)} if with_user else found


@dataclass
class State:
    """One server with one channel, its threads, direct messages and commands."""

    channels: dict[int, Json] = field(default_factory=dict)
    messages: dict[int, list[Json]] = field(default_factory=dict)
    nonces: dict[tuple[int, str], Json] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    closed_inboxes: set[int] = field(default_factory=set)
    roles: dict[int, list[str]] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.add_channel({"id": str(GENERAL), "type": 0, "name": "general"})

    def snowflake(self) -> int:
        return (int(time.time() * 1000) - EPOCH_MS) << 22 | next(self.counter) % 4096

    def add_channel(self, channel: Json) -> Json:
        whole = {
            "guild_id": str(GUILD),
            "permission_overwrites": [],
            "parent_id": None,
            "position": 0,
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
            **channel,
        }
        self.channels[int(channel["id"])] = whole
        self.messages[int(channel["id"])] = []
        return whole

    def guild(self) -> Json:
        whole = list(self.channels.values())
        return {
            "id": str(GUILD),
            "name": "Team",
            "owner_id": str(MOD),
            "roles": [
                everyone(),
                *map(role, {each for own in self.roles.values() for each in own}),
            ],
            "channels": [each for each in whole if each["type"] == 0],
            "threads": [
                each
                for each in whole
                if each["type"] == 11 and not each["thread_metadata"]["archived"]
            ],
            "members": [member(BOT, with_user=True)],
            "member_count": 5,
            "large": False,
            "unavailable": False,
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
        }

    def channel(self, channel_id: int) -> Json:
        if channel_id not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        return self.channels[channel_id]

    def message(self, channel_id: int, message_id: int) -> Json:
        self.channel(channel_id)
        for found in self.messages[channel_id]:
            if found["id"] == str(message_id):
                return found
        raise Refusal(404, 10008, "Unknown Message")

    def write(self, channel_id: int, author: int, body: Json) -> tuple[Json, bool]:
        """Add a message; false if its nonce was there already."""
        channel = self.channel(channel_id)
        if author == BOT:
            check_message(body)
        nonce = str(body["nonce"]) if body.get("enforce_nonce") else None
        if nonce is not None and (channel_id, nonce) in self.nonces:
            return self.nonces[channel_id, nonce], False
        if channel["type"] == 11 and channel["thread_metadata"]["locked"]:
            raise Refusal(400, 50083, "Thread is archived")
        made = {
            "id": str(self.snowflake()),
            "channel_id": str(channel_id),
            "author": user(author),
            "content": body.get("content") or "",
            "timestamp": iso(datetime.now(UTC)),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": author == BOT and _parses(body),
            "mentions": [],
            "mention_roles": mentioned_roles(body),
            "attachments": [],
            "embeds": [{"type": "rich", **each} for each in body.get("embeds") or []],
            "components": body.get("components") or [],
            "pinned": False,
            "type": 0,
            "flags": body.get("flags", 0),
        }
        if channel["type"] != 1:
            made["guild_id"] = str(GUILD)
        if not made["flags"] & 64:
            self.messages[channel_id].append(made)
        if nonce is not None:
            self.nonces[channel_id, nonce] = made
        return made, True

    def open_thread(self, channel_id: int, message_id: int, body: Json) -> Json:
        self.message(channel_id, message_id)
        if message_id in self.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        if not 1 <= len(body["name"]) <= 100:
            raise Refusal(400, 50035, "Invalid Form Body: name")
        return self.add_channel(
            {
                "id": str(message_id),
                "type": 11,
                "name": body["name"],
                "parent_id": str(channel_id),
                "owner_id": str(BOT),
                "message_count": 0,
                "member_count": 1,
                "thread_metadata": {
                    "archived": False,
                    "locked": False,
                    "auto_archive_duration": body.get("auto_archive_duration", 1440),
                    "archive_timestamp": iso(datetime.now(UTC)),
                },
            }
        )

    def direct(self, user_id: int) -> Json:
        channel_id = user_id + 50_000
        if channel_id not in self.channels:
            self.add_channel({"id": str(channel_id), "type": 1, "recipients": [user(user_id)]})
        return self.channels[channel_id]


def role(role_id: str) -> Json:
    return {**everyone(), "id": role_id, "name": "A role", "permissions": "0"}


def everyone() -> Json:
    return {
        "id": str(GUILD),
        "name": "@everyone",
        "permissions": ORDINARY,
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def mentioned_roles(body: Json) -> list[str]:
    """The roles that a message pings."""
    allowed = body.get("allowed_mentions") or {}
    content = body.get("content") or ""
    return [str(role) for role in allowed.get("roles", ()) if f"<@&{role}>" in content]


def _parses(body: Json) -> bool:
    """Whether a message may ping anybody whom its text names; so it is if nothing is said."""
    allowed = body.get("allowed_mentions")
    return allowed is None or bool(allowed.get("parse"))


def check_message(body: Json) -> None:
    """Discord's documented limits; a message that breaks one is refused."""
    embeds = body.get("embeds") or []
    texts = [part for each in embeds for part in _texts(each)]
    rows = body.get("components") or []
    ids = [item["custom_id"] for row in rows for item in row["components"]]
    labels = [item["label"] for row in rows for item in row["components"]]
    broken = [
        name
        for name, holds in {
            "content": len(body.get("content") or "") <= 2000,
            "nonce": len(str(body.get("nonce", ""))) <= 25,
            "embeds": len(embeds) <= 10,
            "embeds in all": sum(len(text) for text, _ in texts) <= 6000,
            "an embed's part": all(1 <= len(text) <= limit for text, limit in texts),
            "fields": all(len(each.get("fields", ())) <= 25 for each in embeds),
            "custom_id": all(1 <= len(each) <= 100 for each in ids) and len(set(ids)) == len(ids),
            "label": all(1 <= len(each) <= 80 for each in labels),
            "components": len(rows) <= 5 and all(len(row["components"]) <= 5 for row in rows),
            "anything": bool(embeds or body.get("content") or rows or body.get("flags")),
        }.items()
        if not holds
    ]
    if broken:
        raise Refusal(400, 50035, f"Invalid Form Body: {', '.join(broken)}")


def _texts(embed: Json) -> Sequence[tuple[str, int]]:
    """The texts of an embed with the most that each may hold."""
    parts = [
        (embed[name], limit)
        for name, limit in (("title", 256), ("description", 4096))
        if name in embed
    ]
    for each in embed.get("fields", ()):
        parts += [(each["name"], 256), (each["value"], 1024)]
    if embed.get("author"):
        parts.append((embed["author"]["name"], 256))
    if embed.get("footer"):
        parts.append((embed["footer"]["text"], 2048))
    return parts
