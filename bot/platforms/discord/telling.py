"""Receipts: what a single member is told, where nobody else sees it."""

from contextlib import suppress
from typing import Final

import discord

from bot.core.intents import Notice, Outgoing, Receipt
from bot.core.people import Member
from bot.core.records import Incoming, Via
from bot.errors import PostponedError, RefusedError
from bot.platforms.discord import ids, sending
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.inbound import threads_of
from bot.platforms.discord.pages import Page
from bot.platforms.discord.render import render
from bot.platforms.discord.translate import FORM, pressed

_BY_BUTTON: Final = "my-result"
"""The reference of a receipt that waits behind the button My result."""


class Telling:
    """Below the form that was handed in, or else in a direct message."""

    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._client = client

    async def tell(self, outgoing: Outgoing, member: Member) -> str:
        """Give a member their receipt where nobody else sees it."""
        told = await self._tell_by_form(outgoing)
        if told is not None:
            return told
        store = self._desk.ports.store.answers
        about = await store.received(outgoing.channel, outgoing.about or "")
        written = about is not None and about.via is Via.THREAD and about.version != FORM
        in_thread = about if written else None
        if in_thread is not None:
            await self._react(outgoing, in_thread)
        return await self._tell_directly(outgoing, member, in_thread)

    async def _tell_by_form(self, outgoing: Outgoing) -> str | None:
        """Below the form that was handed in; ``None`` if Discord takes nothing there.

        The first receipt takes the place of the sign that the bot is thinking, later ones follow.
        """
        waiting = self._desk.asked.get(outgoing.about)
        interaction = waiting or self._desk.told.get(outgoing.about)
        if interaction is None:
            return None
        if not interaction.response.is_done():
            raise PostponedError(1.0)
        press, key = pressed(interaction), str(interaction.id)
        wish = press.argument(1) if press.action == ids.TRY else ""
        page = pages_of(self._desk, outgoing, wish)[0]
        embeds, view = sending.embeds(page), sending.view(page)
        # After an unclear outcome a direct message is surer than the same again.
        self._desk.asked.drop(key)
        self._desk.told.drop(key)
        try:
            if waiting is not None:
                await interaction.edit_original_response(embeds=embeds, view=view)
            else:
                await interaction.followup.send(embeds=embeds, view=view, ephemeral=True)
        except discord.HTTPException as error:
            if error.status not in sending.ENDED:
                raise
            return None
        self._desk.told.keep(key, interaction)
        return f"interaction-{interaction.id}"

    async def _tell_directly(
        self, outgoing: Outgoing, member: Member, in_thread: Incoming | None
    ) -> str:
        page = pages_of(self._desk, outgoing)[0]
        try:
            channel = await self._client.create_dm(discord.Object(int(member.id)))
            nonce = sending.nonce(channel.id, outgoing.marker, 0)
            return str(await sending.send(channel, page, nonce))
        except (discord.Forbidden, discord.NotFound):
            intent = outgoing.intent
            if isinstance(intent, Receipt) and intent.round_id is not None:
                return _BY_BUTTON
            if isinstance(intent, Notice) and in_thread is not None:
                return await self._reply_in_thread(outgoing, page, in_thread)
            raise

    async def _reply_in_thread(self, outgoing: Outgoing, page: Page, about: Incoming) -> str:
        """A notice holds no score, so that it may be said where the answer was given."""
        thread_id = await self._thread_id(about)
        if thread_id is None:
            raise RefusedError("The thread of this answer is gone.")
        nonce = sending.nonce(thread_id, outgoing.marker, 0)
        message = self._place(thread_id).get_partial_message(int(about.message_id))
        sent = await self._place(thread_id).send(
            embeds=sending.embeds(page),
            nonce=nonce,
            reference=message.to_reference(fail_if_not_exists=False),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        return str(sent.id)

    async def _react(self, outgoing: Outgoing, about: Incoming) -> None:
        """Show under an answer whether it was understood, and nothing of its score."""
        thread_id = await self._thread_id(about)
        if thread_id is None:
            return
        message = self._place(thread_id).get_partial_message(int(about.message_id))
        # The message may be gone, its author may have blocked the bot, the thread may be
        # archived: a mark is no reason to keep the receipt back.
        with suppress(discord.HTTPException):
            mark, before = _reaction(outgoing.intent), self._desk.marks.get(about.message_id)
            await message.add_reaction(mark)
            self._desk.marks.keep(about.message_id, mark)
            if before and before != mark and self._client.user:
                await message.remove_reaction(before, self._client.user)

    async def _thread_id(self, about: Incoming) -> int | None:
        known = self._desk.places.get(about.message_id)
        if known is not None or about.round_id is None:
            return known
        threads = await threads_of(self._desk.ports, about.round_id)
        fitting = [each for each in threads if each.question_id == about.question_id]
        return int(fitting[0].reference) if fitting else None

    def _place(self, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id)


def pages_of(desk: Desk, outgoing: Outgoing, wish: str = "") -> tuple[Page, ...]:
    """The messages that show what is to be said."""
    return render(
        outgoing.intent,
        outgoing.marker,
        reads=desk.reads,
        wish=wish,
        server=outgoing.channel.workspace,
    )


def _reaction(intent: object) -> str:
    if isinstance(intent, Receipt):
        return "❔" if intent.score is None and not intent.under_review else "✅"
    return "⚠️"
