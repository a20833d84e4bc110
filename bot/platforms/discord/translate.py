"""Discord's messages and forms as what a member did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

import discord

from bot.core.challenges import AnswerMode
from bot.core.people import Channel, Member
from bot.core.records import EventKind, Incoming, Quiz, Thread, Via
from bot.errors import UserError
from bot.platforms.discord import forms, ids
from bot.platforms.discord.desk import PLATFORM, Interaction

FORM: Final = "form"
"""The version of what was handed in by a form, which no message can have."""

_IN_A_SERVER: Final = "I keep one board a server, so please do this in one of its channels."


def to_member(user: discord.User | discord.Member, workspace: str) -> Member:
    """A member of a server."""
    return Member(platform=PLATFORM, workspace=workspace, id=str(user.id), name=user.display_name)


def to_channel(workspace: str, channel_id: int, name: str = "") -> Channel:
    """A channel of a server."""
    return Channel(platform=PLATFORM, workspace=workspace, id=str(channel_id), name=name)


def place(interaction: Interaction) -> Channel:
    """The channel that a command is about: a thread's parent in a thread.

    Raises:
        UserError: it was used in a direct message.
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None:
        raise UserError(_IN_A_SERVER)
    workspace = str(interaction.guild_id)
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        return to_channel(workspace, channel.parent_id, parent.name if parent else "")
    return to_channel(workspace, channel.id, getattr(channel, "name", None) or "")


def asking(interaction: Interaction) -> Member:
    """The member who used a command or pressed a button in a server.

    Raises:
        UserError: it was in a direct message.
    """
    if interaction.guild_id is None:
        raise UserError(_IN_A_SERVER)
    return to_member(interaction.user, str(interaction.guild_id))


def pressed(interaction: Interaction) -> ids.Press:
    """What the button or form of an interaction means."""
    return ids.parse(str(cast("Mapping[str, object]", interaction.data).get("custom_id", "")))


def typed(interaction: Interaction, name: str = forms.ANSWER) -> str:
    """The text of a form's field."""
    texts: dict[str, str] = {}
    _collect(cast("Mapping[str, object]", interaction.data), texts)
    return texts.get(name, "")


def _collect(part: Mapping[str, object], texts: dict[str, str]) -> None:
    """Fields come in rows or in labels, whichever the form was made of."""
    if isinstance(part.get("value"), str):
        texts[str(part.get("custom_id"))] = str(part["value"])
    for name in ("components", "component"):
        inner = part.get(name)
        for each in inner if isinstance(inner, list) else [inner] if inner else []:
            _collect(cast("Mapping[str, object]", each), texts)


def is_answer(message: discord.Message) -> bool:
    """Whether a person wrote it: no bot, no webhook, no system message."""
    kinds = {discord.MessageType.default, discord.MessageType.reply}
    return message.type in kinds and not message.author.bot and message.webhook_id is None


def from_message(message: discord.Message, thread: Thread) -> Incoming:
    """A message in a round's thread as it is now: as written, or as edited last."""
    edited = message.edited_at
    channel = thread.round.channel
    return Incoming(
        kind=EventKind.EDIT if edited else EventKind.ANSWER,
        channel=channel,
        member=to_member(message.author, channel.workspace),
        message_id=str(message.id),
        sent_at=edited or message.created_at,
        version=edited.isoformat() if edited else "",
        text=message.content,
        via=Via.THREAD,
        round_id=thread.round.id,
        question_id=thread.question_id,
    )


def deletion(first: Incoming, at: datetime) -> Incoming:
    """The end of a message that was stored as ``first``."""
    changes = {"kind": EventKind.DELETE, "sent_at": at, "version": "", "text": ""}
    return first.model_copy(update=changes)


def submission(interaction: Interaction, thread: Thread, text: str, via: Via) -> Incoming:
    """A form for a round that was handed in."""
    channel = thread.round.channel
    return Incoming(
        kind=EventKind.ANSWER,
        channel=channel,
        member=to_member(interaction.user, channel.workspace),
        message_id=str(interaction.id),
        sent_at=interaction.created_at,
        version=FORM,
        text=text,
        via=via,
        round_id=thread.round.id,
        question_id=thread.question_id,
    )


def practice(interaction: Interaction, quiz: Quiz, text: str) -> Incoming:
    """A form for a practice question that was handed in."""
    return Incoming(
        kind=EventKind.ANSWER,
        channel=place(interaction),
        member=quiz.member,
        message_id=str(interaction.id),
        sent_at=interaction.created_at,
        version=FORM,
        text=text,
        via=Via.PRIVATE,
        quiz_id=quiz.id,
        question_id=quiz.question_id,
    )


def way_in(mode: AnswerMode, *, reads: bool) -> Via:
    """How a form counts: where threads cannot be read, it stands in for them."""
    return Via.THREAD if mode is AnswerMode.THREAD and not reads else Via.PRIVATE
