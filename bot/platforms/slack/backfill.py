"""Catches up with threads: what was written, edited or deleted while nobody listened."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from bot.core import answers
from bot.core.people import Member
from bot.core.records import EventKind, Incoming, Thread, Via
from bot.platforms.slack import translate
from bot.platforms.slack.chat import Chat
from bot.platforms.slack.workspace import PLATFORM, Workspace

_PAGE: Final = 200

_log: Final = structlog.get_logger()


async def catch_up(chat: Chat) -> None:
    """Read the thread of every open round of a workspace."""
    for thread in await chat.ports.store.rounds.open_threads(PLATFORM):
        if thread.round.channel.workspace == chat.workspace.id:
            await read_thread(chat, thread)


async def read_thread(chat: Chat, thread: Thread) -> None:
    """Store what a thread holds and the inbox does not."""
    # Asked before the thread is read: what arrives meanwhile must not look deleted.
    live = await _known(chat, thread)
    messages = await _replies(chat.workspace, thread)
    bot, channel = chat.workspace.bot_user_id, thread.round.channel.id
    new = 0
    for message in messages:
        # An edited message only tells its last text, which must not count from its first hour.
        said = translate.edited(message, channel, bot)
        if said is None and not message.get("edited"):
            said = translate.written(message, channel, bot)
        if said is not None:
            new += await chat.store(said, thread)
    present = {str(message.get("ts")) for message in messages}
    if thread.reference in present:
        for message_id, member in live.items():
            if message_id not in present:
                deletion = Incoming(
                    kind=EventKind.DELETE,
                    channel=thread.round.channel,
                    member=member,
                    message_id=message_id,
                    sent_at=chat.ports.clock.now(),
                    round_id=thread.round.id,
                    question_id=thread.question_id,
                )
                new += await answers.receive(chat.ports, deletion)
    if new:
        _log.info("caught up", platform=PLATFORM, channel=channel, events=new)
        chat.woken.set()


async def _known(chat: Chat, thread: Thread) -> dict[str, Member]:
    """Who wrote which messages of a thread, as far as we know: ungraded ones, then graded ones."""
    store, at = chat.ports.store.answers, (thread.round.id, thread.question_id)
    found = {
        event.incoming.message_id: event.incoming.member
        for event in await store.pending()
        if (event.incoming.round_id, event.incoming.question_id) == at
        and event.incoming.via is Via.THREAD
    }
    graded = await store.in_thread(thread.round.id)
    return found | {
        each.message_id: each.member for each in graded if each.question_id == thread.question_id
    }


async def _replies(workspace: Workspace, thread: Thread) -> Sequence[Mapping[str, Any]]:
    """Every message of a thread, with the post that it hangs under."""
    found: list[Mapping[str, Any]] = []
    asked: dict[str, Any] = {
        "channel": thread.round.channel.id,
        "ts": thread.reference,
        "limit": _PAGE,
    }
    while True:
        answer = await workspace.patient.conversations_replies(**asked)
        found += answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return found
        asked["cursor"] = cursor
