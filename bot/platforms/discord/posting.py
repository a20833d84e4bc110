"""Posts what the core says: in channels and threads, and to single members."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import discord
import structlog

from bot.core.intents import Appeals, Notice, Outgoing, QuestionPosted, Receipt, RoundClosed
from bot.core.people import Channel, Member
from bot.core.ports import Delivery, Incoming, Thread, Via
from bot.errors import PostponedError, RefusedError
from bot.platforms.discord import ids, sending
from bot.platforms.discord.desk import PLATFORM, Desk
from bot.platforms.discord.inbound import Inbound, button_ids, find_thread
from bot.platforms.discord.pages import Json, Page
from bot.platforms.discord.render import render, thread_name
from bot.platforms.discord.translate import FORM, pressed

_LOOK_BACK: Final = 500
_KEEP_OPEN_MINUTES: Final = 10080
_BY_BUTTON: Final = "my-result"
"""The reference of a receipt that waits behind the button My result."""

_log: Final = structlog.get_logger()


class Posting:
    """The outgoing half of a connection."""

    def __init__(self, desk: Desk, client: discord.Client, inbound: Inbound) -> None:
        self._desk = desk
        self._client = client
        self._inbound = inbound

    async def post(self, delivery: Delivery) -> str:
        """Post a message and return its id.

        Raises:
            PostponedError: it was refused for now.
            RefusedError: it will always be refused.
        """
        outgoing = delivery.outgoing
        with sending.outcomes():
            if outgoing.member is not None:
                return await self._tell(outgoing, outgoing.member)
            if isinstance(outgoing.intent, Appeals):
                return await self._publish(delivery, await self._moderators(outgoing.channel))
            channel_id = int(outgoing.channel.id)
            try:
                return await self._publish(delivery, int(delivery.thread or channel_id))
            except discord.NotFound as error:
                # Somebody removed the thread: the channel is the next best place.
                if delivery.thread is None or error.code != sending.UNKNOWN_CHANNEL:
                    raise
                return await self._publish(delivery, channel_id)

    async def find(self, delivery: Delivery) -> str | None:
        """The id of the message if an earlier attempt did post it."""
        outgoing = delivery.outgoing
        mark = self._pages(outgoing)[-1].mark
        if mark is None or self._desk.asked.get(outgoing.about):
            return None
        with sending.outcomes(), suppress(discord.NotFound, discord.Forbidden):
            channel = await self._channel(delivery)
            async for message in channel.history(limit=_LOOK_BACK):
                if self._is_own(message) and mark in button_ids(message):
                    await self._finish(outgoing, message.id)
                    await self._catch_up(outgoing, message.id)
                    return str(message.id)
        return None

    def _pages(self, outgoing: Outgoing, wish: str = "") -> tuple[Page, ...]:
        return render(
            outgoing.intent,
            outgoing.marker,
            reads=self._desk.reads,
            wish=wish,
            server=outgoing.channel.workspace,
        )

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    async def _channel(self, delivery: Delivery) -> discord.abc.Messageable:
        member = delivery.outgoing.member
        if member is not None:
            return await self._client.create_dm(discord.Object(int(member.id)))
        if isinstance(delivery.outgoing.intent, Appeals):
            return self._place(await self._moderators(delivery.outgoing.channel))
        return self._place(int(delivery.thread or delivery.outgoing.channel.id))

    async def _moderators(self, chosen: Channel) -> int:
        """The channel where moderators are told: one of the server, or a member's inbox."""
        if not chosen.id.isdecimal():
            raise RefusedError(f"'{chosen.id}' is neither a channel's id nor a member's.")
        if self._client.get_channel(int(chosen.id)) is None:
            try:
                await self._client.fetch_channel(int(chosen.id))
            except discord.NotFound:
                inbox = await self._client.create_dm(discord.Object(int(chosen.id)))
                return inbox.id
        return int(chosen.id)

    def _place(self, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id)

    async def _publish(self, delivery: Delivery, channel_id: int) -> str:
        """Post in a channel or thread, going on where an earlier attempt stopped."""
        outgoing = delivery.outgoing
        pages = self._pages(outgoing)
        channel = self._place(channel_id)
        done = await self._posted_before(channel, pages) if delivery.attempts > 1 else 0
        reference = 0
        for part, page in list(enumerate(pages))[done:]:
            nonce = sending.nonce(channel_id, outgoing.marker, part)
            reference = await self._send(channel, _without_everyone(page, outgoing), nonce)
        await self._finish(outgoing, reference)
        return str(reference)

    async def _send(
        self, channel: discord.PartialMessageable | discord.DMChannel, page: Page, nonce: str
    ) -> int:
        try:
            return await _send(channel, page, nonce)
        except discord.HTTPException as error:
            thread = await self._archived(channel.id) if error.code == sending.ARCHIVED else None
            if thread is None:
                raise
            await thread.edit(archived=False, locked=False)
            return await _send(channel, page, nonce)

    async def _archived(self, channel_id: int) -> discord.Thread | None:
        found = await self._client.fetch_channel(channel_id)
        return found if isinstance(found, discord.Thread) else None

    async def _posted_before(
        self, channel: discord.PartialMessageable, pages: Sequence[Page]
    ) -> int:
        """How many of the first pages are there; the last is told by its mark, in ``find``."""
        if len(pages) == 1:
            return 0
        recent = [each async for each in channel.history(limit=_LOOK_BACK)]
        there = [_texts([dict(part.to_dict()) for part in each.embeds]) for each in recent]
        done = 0
        while done < len(pages) - 1 and _texts(pages[done].embeds) in there:
            done += 1
        return done

    async def _finish(self, outgoing: Outgoing, message_id: int) -> None:
        """What belongs to a post beside its message; done again, it changes nothing."""
        intent, guild_id = outgoing.intent, int(outgoing.channel.workspace)
        try:
            if isinstance(intent, QuestionPosted):
                await self._open_thread(outgoing, intent, message_id)
            elif isinstance(intent, RoundClosed):
                for thread in await self._threads_of(intent.round_id):
                    await self._lock(guild_id, int(thread.reference))
        except discord.Forbidden as error:
            # The question stands without it; an admin can give the permission meanwhile.
            _log.warning("thread not managed", marker=outgoing.marker, reason=error.text)

    async def _open_thread(
        self, outgoing: Outgoing, posted: QuestionPosted, message_id: int
    ) -> None:
        message = self._place(int(outgoing.channel.id)).get_partial_message(message_id)
        try:
            await self._client.http.start_thread_with_message(
                message.channel.id,
                message.id,
                name=thread_name(posted),
                auto_archive_duration=_KEEP_OPEN_MINUTES,
            )
        except discord.HTTPException as error:
            if error.code != sending.HAS_A_THREAD:
                raise
        if posted.replaces_earlier:
            for thread in await self._threads_of(posted.round_id):
                if thread.reference != str(message_id):
                    await self._lock(int(outgoing.channel.workspace), int(thread.reference))

    async def _threads_of(self, round_id: int) -> list[Thread]:
        rounds = self._desk.ports.store.rounds
        round_ = await rounds.get(round_id)
        since = round_.closes_at if round_ else None
        found = await rounds.open_threads(PLATFORM, since)
        return [thread for thread in found if thread.round.id == round_id]

    async def _lock(self, guild_id: int, thread_id: int) -> None:
        thread = await find_thread(self._client, guild_id, thread_id)
        if thread is not None and not (thread.archived and thread.locked):
            await thread.edit(archived=True, locked=True)

    async def _catch_up(self, outgoing: Outgoing, message_id: int) -> None:
        """Fetch the answers to a post that was there already when its id was not stored yet."""
        intent = outgoing.intent
        if isinstance(intent, QuestionPosted):
            round_ = await self._desk.ports.store.rounds.get(intent.round_id)
            if round_ is not None:
                question_id, reference = intent.card.question_id, str(message_id)
                await self._inbound.catch_up_thread(
                    Thread(round=round_, question_id=question_id, reference=reference)
                )

    async def _tell(self, outgoing: Outgoing, member: Member) -> str:
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
        page = self._pages(outgoing, press.argument(1) if press.action == ids.TRY else "")[0]
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
        page = self._pages(outgoing)[0]
        try:
            channel = await self._client.create_dm(discord.Object(int(member.id)))
            nonce = sending.nonce(channel.id, outgoing.marker, 0)
            return str(await self._send(channel, page, nonce))
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
        threads = await self._threads_of(about.round_id)
        fitting = [each for each in threads if each.question_id == about.question_id]
        return int(fitting[0].reference) if fitting else None


def _reaction(intent: object) -> str:
    if isinstance(intent, Receipt):
        return "❔" if intent.score is None and not intent.under_review else "✅"
    return "⚠️"


def _without_everyone(page: Page, outgoing: Outgoing) -> Page:
    """The role that has the server's own id is everybody; it is never mentioned."""
    if page.role is None or str(page.role) != outgoing.channel.workspace:
        return page
    return Page(embeds=page.embeds, buttons=page.buttons, mark=page.mark)


async def _send(
    channel: discord.PartialMessageable | discord.DMChannel, page: Page, nonce: str
) -> int:
    message = await channel.send(
        content=page.content or None,
        embeds=sending.embeds(page),
        view=sending.view(page),
        allowed_mentions=sending.mentions(page),
        nonce=nonce,
    )
    return message.id


def _texts(embeds: Sequence[Json]) -> list[str]:
    """What embeds say, however Discord trims white space."""
    said = [f"{part.get('title', '')} {part.get('description', '')}" for part in embeds]
    return [" ".join(each.split()) for each in said]
