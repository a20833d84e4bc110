"""What Slack's message events mean: pure functions from payloads to what a member did."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.records import EventKind
from bot.platforms.slack.text import plain, with_ids, without_mention

MENTION_COMMANDS: Final = (
    "leaderboard",
    "progress",
    "quiz",
    "result",
    "withdraw",
    "quote",
    "forget",
    "challenge",
    "help",
)
"""What a mention of the bot may ask for, also in threads, where slash commands do not work."""

_SPOKEN: Final = frozenset({None, "file_share", "me_message", "thread_broadcast"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TS: Final = re.compile(r"(\d{1,12})\.(\d{6})")


@dataclass(frozen=True, slots=True)
class Said:
    """A member's message in a thread: written, edited or deleted."""

    kind: EventKind
    channel: str
    user: str
    ts: str
    thread: str
    sent_at: datetime
    text: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command to the bot, given by mentioning it."""

    command: str
    rest: str


def instant(ts: str) -> datetime:
    """The time that a message's ``ts`` tells."""
    match = _TS.fullmatch(ts)
    if match is None:
        return _EPOCH
    return _EPOCH + timedelta(seconds=int(match[1]), microseconds=int(match[2]))


def is_ts(message_id: str) -> bool:
    """Whether an id is that of a message, rather than of a modal."""
    return _TS.fullmatch(message_id) is not None


def said(event: Mapping[str, Any], bot_user_id: str) -> Said | None:
    """What an event says a member did in a thread; ``None`` for everything else."""
    channel = str(event.get("channel") or "")
    match event.get("subtype"):
        case "message_changed":
            return edited(_part(event, "message"), channel, bot_user_id)
        case "message_deleted":
            return _deleted(event, channel, bot_user_id)
        case _:
            return written(event, channel, bot_user_id)


def written(message: Mapping[str, Any], channel: str, bot_user_id: str) -> Said | None:
    """A member's reply in a thread, as it was sent."""
    if not _is_reply(message, bot_user_id):
        return None
    text = str(message.get("text") or "")
    if asked(text, bot_user_id) is not None:
        return None
    ts = str(message["ts"])
    return _said(EventKind.ANSWER, message, channel, instant(ts), _answer(text, bot_user_id))


def edited(message: Mapping[str, Any], channel: str, bot_user_id: str) -> Said | None:
    """A member's reply in a thread as they changed it; unfurled links change nothing."""
    version = str(_part(message, "edited").get("ts") or "")
    if not version or not _is_reply(message, bot_user_id):
        return None
    text = str(message.get("text") or "")
    if asked(text, bot_user_id) is not None:
        return None
    answer = _answer(text, bot_user_id)
    return _said(EventKind.EDIT, message, channel, instant(version), answer, version)


def _deleted(event: Mapping[str, Any], channel: str, bot_user_id: str) -> Said | None:
    former = {"ts": event.get("deleted_ts"), **_part(event, "previous_message")}
    if not _is_reply(former, bot_user_id):
        return None
    at = instant(str(event.get("event_ts") or event.get("ts") or ""))
    return _said(EventKind.DELETE, former, channel, at)


def asked(text: str, bot_user_id: str) -> Asked | None:
    """The command that a text gives by mentioning the bot first; ``None`` if it gives none."""
    after = without_mention(text, bot_user_id)
    command, _, rest = plain(with_ids(after or "")).strip().partition(" ")
    if command.lower() not in MENTION_COMMANDS:
        return None
    return Asked(command.lower(), rest.strip())


def _is_reply(message: Mapping[str, Any], bot_user_id: str) -> bool:
    """Whether a person, not a program, wrote a message under another one."""
    thread = message.get("thread_ts")
    return (
        message.get("subtype") in _SPOKEN
        and bool(thread)
        and thread != message.get("ts")
        and bool(message.get("user"))
        and message["user"] != bot_user_id
        and not message.get("bot_id")
    )


def _answer(text: str, bot_user_id: str) -> str:
    return plain(without_mention(text, bot_user_id) or text)


def _said(
    kind: EventKind,
    message: Mapping[str, Any],
    channel: str,
    sent_at: datetime,
    text: str = "",
    version: str = "",
) -> Said:
    return Said(
        kind=kind,
        channel=channel,
        user=str(message["user"]),
        ts=str(message["ts"]),
        thread=str(message["thread_ts"]),
        sent_at=sent_at,
        text=text,
        version=version,
    )


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = event.get(name)
    return part if isinstance(part, Mapping) else {}
