"""Posts what the core says: in channels and threads, and to single members."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import discord
import structlog

from bot.core.intents import Appeals, Outgoing, QuestionPosted, RoundClosed
from bot.core.people import Channel
from bot.core.records import Delivery, Thread
from bot.errors import RefusedError
from bot.platforms.discord import sending
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.inbound import Inbound, button_ids, find_thread, threads_of
from bot.platforms.discord.pages import Json, Page
from bot.platforms.discord.render import thread_name
from bot.platforms.discord.telling import Telling, pages_of

_LOOK_BACK: Final = 500
_KEEP_OPEN_MINUTES: Final = 10080

_log: Final = structlog.get_logger()


class Posting:
    """The outgoing half of a connection."""

    def __init__(self, desk: Desk, client: discord.Client, inbound: Inbound) -> None:
        self._desk = desk
        self._client = client
        self._inbound = inbound
        self._telling = Telling(desk, client)

    async def post(self, delivery: Delivery) -> str:
        """Post a message and return its id.

        Raises:
            PostponedError: it was refused for now.
            RefusedError: it will always be refused.
        """
        outgoing = delivery.outgoing
        with sending.outcomes():
            if outgoing.member is not None:
                return await self._telling.tell(outgoing, outgoing.member)
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
        mark = pages_of(self._desk, outgoing)[-1].mark
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
        pages = pages_of(self._desk, outgoing)
        channel = self._place(channel_id)
        done = await self._posted_before(channel, pages) if delivery.attempts > 1 else 0
        reference = 0
        for part, page in list(enumerate(pages))[done:]:
            nonce = sending.nonce(channel_id, outgoing.marker, part)
            reference = await self._send(channel, _without_everyone(page, outgoing), nonce)
        await self._finish(outgoing, reference)
        return str(reference)

    async def _send(self, channel: discord.PartialMessageable, page: Page, nonce: str) -> int:
        try:
            return await sending.send(channel, page, nonce)
        except discord.HTTPException as error:
            thread = await self._archived(channel.id) if error.code == sending.ARCHIVED else None
            if thread is None:
                raise
            await thread.edit(archived=False, locked=False)
            return await sending.send(channel, page, nonce)

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
                for thread in await threads_of(self._desk.ports, intent.round_id):
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
            for thread in await threads_of(self._desk.ports, posted.round_id):
                if thread.reference != str(message_id):
                    await self._lock(int(outgoing.channel.workspace), int(thread.reference))

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


def _without_everyone(page: Page, outgoing: Outgoing) -> Page:
    """The role that has the server's own id is everybody; it is never mentioned."""
    if page.role is None or str(page.role) != outgoing.channel.workspace:
        return page
    return Page(embeds=page.embeds, buttons=page.buttons, mark=page.mark)


def _texts(embeds: Sequence[Json]) -> list[str]:
    """What embeds say, however Discord trims white space."""
    said = [f"{part.get('title', '')} {part.get('description', '')}" for part in embeds]
    return [" ".join(each.split()) for each in said]
