"""Posts what the outbox holds, and finds what an earlier attempt has posted."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.intents import Receipt
from bot.core.people import Member
from bot.core.records import Delivery
from bot.errors import PostError, PostponedError, RefusedError
from bot.platforms.slack.blocks import Message
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.render import render
from bot.platforms.slack.translate import is_ts
from bot.platforms.slack.workspace import PLATFORM, REFUSED_TOKENS, Workspace, reason

EVENT_TYPE: Final = "interview_bot_message"
STORED: Final = "memo"
"""The emoji that says: your answer is stored."""

_REFUSALS: Final = frozenset(
    {"channel_not_found", "is_archived", "not_in_channel", "restricted_action", "thread_not_found"}
    | {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"}
    | {"restricted_action_read_only_channel", "restricted_action_thread_only_channel"}
    | {"user_not_found", "cannot_dm_bot", "messages_tab_disabled"}
)
_WAITS: Final = REFUSED_TOKENS | {"missing_scope", "rate_limited", "ratelimited"}
_NOT_THERE: Final = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel"})
_LATER: Final = 60.0
_UNREACHABLE: Final = 10.0
_SKEW: Final = timedelta(minutes=5)
_PAGE: Final = 200
_OK: Final = 200
_TOO_MANY: Final = 429

_log: Final = structlog.get_logger()


class Place(NamedTuple):
    """Where one member gets to see a reply: channel, thread, the address that Slack gave."""

    channel: str
    user: str
    thread: str = ""
    url: str = ""


async def post(workspace: Workspace, delivery: Delivery, memory: Memory) -> str:
    """Post one delivery and return the ``ts`` of its first message.

    Raises:
        PostponedError: nothing was posted, and it may be tried again.
        RefusedError: Slack will never take it.
    """
    member = delivery.outgoing.member
    if member is not None:
        return await _whisper(workspace, delivery, member, memory)
    messages = render(delivery.outgoing.intent)
    # That not all of them are there is known by now; some may be.
    again = delivery.attempts > 1 and len(messages) > 1 and not _is_direct(delivery)
    found = await _posted(workspace, delivery) if again else {}
    references: list[str] = []
    for number, message in enumerate(messages):
        reference = found.get(_marker(delivery, number))
        if reference is None:
            reference = await _post(workspace, delivery, number, message)
        references.append(reference)
    return references[0]


async def find(workspace: Workspace, delivery: Delivery) -> str | None:
    """The ``ts`` of a delivery's first message if all of its messages are there.

    A private one leaves no trace that we may read; repeating it shows it twice to one member,
    which is better than never.
    """
    if delivery.outgoing.member is not None or _is_direct(delivery):
        return None
    found = await _posted(workspace, delivery)
    count = len(render(delivery.outgoing.intent))
    references = [found.get(_marker(delivery, number)) for number in range(count)]
    return references[0] if all(references) else None


def _is_direct(delivery: Delivery) -> bool:
    """Whether a post goes to a member rather than to a channel: Slack takes both ids."""
    return delivery.outgoing.channel.id.startswith(("U", "W"))


async def _posted(workspace: Workspace, delivery: Delivery) -> dict[str, str]:
    """The markers that the channel or thread holds, with their messages' ``ts``."""
    found: dict[str, str] = {}
    async for message in history(workspace, delivery):
        metadata = message.get("metadata") or {}
        # Any app may write such metadata; only our own says that we have posted.
        if message.get("bot_id") == workspace.bot_id and metadata.get("event_type") == EVENT_TYPE:
            found[str(metadata.get("event_payload", {}).get("marker"))] = str(message["ts"])
    return found


async def history(workspace: Workspace, delivery: Delivery) -> AsyncIterator[dict[str, Any]]:
    """Every message since a delivery was queued, where it belongs."""
    oldest = (delivery.queued_at - _SKEW).timestamp()
    asked: dict[str, Any] = {
        "channel": delivery.outgoing.channel.id,
        "oldest": f"{oldest:.6f}",
        "include_all_metadata": True,
        "limit": _PAGE,
    }
    cursor = ""
    while True:
        page = {**asked, "cursor": cursor} if cursor else asked
        if delivery.thread is None:
            answer = await workspace.strict.conversations_history(**page)
        else:
            answer = await workspace.strict.conversations_replies(ts=delivery.thread, **page)
        for message in answer.get("messages") or []:
            yield message
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


def _marker(delivery: Delivery, number: int) -> str:
    marker = delivery.outgoing.marker
    return f"{marker}#{number}" if number else marker


async def _post(workspace: Workspace, delivery: Delivery, number: int, message: Message) -> str:
    try:
        return await _send(
            workspace,
            delivery.outgoing.channel.id,
            message,
            marker=_marker(delivery, number),
            thread=delivery.thread,
        )
    except PostponedError as error:
        if number:
            # The first messages are out: the next attempt has to look for them.
            raise PostError(str(error)) from error
        raise


async def _send(
    workspace: Workspace, channel: str, message: Message, *, marker: str, thread: str | None = None
) -> str:
    try:
        answer = await workspace.strict.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=list(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"marker": marker}},
            thread_ts=thread,
            reply_broadcast=message.broadcast if thread else None,
            unfurl_links=False,
            unfurl_media=False,
        )
    except (SlackApiError, aiohttp.ClientConnectorError) as error:
        raise _failure(error) from error
    return str(answer["ts"])


def _failure(error: SlackApiError | aiohttp.ClientConnectorError) -> Exception:
    """What a failed post means for the outbox."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return PostponedError(_UNREACHABLE)
    code, answer = reason(error), error.response
    if isinstance(answer, AsyncSlackResponse) and answer.status_code == _TOO_MANY:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return PostponedError(_seconds(headers.get("retry-after")))
    if code in _WAITS:
        return PostponedError(_LATER)
    if code in _REFUSALS:
        return RefusedError(f"Slack refuses the message: {code}.")
    return PostError(f"Slack's answer leaves it open whether the message is posted: {code}.")


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 1.0


async def _whisper(workspace: Workspace, delivery: Delivery, member: Member, memory: Memory) -> str:
    """Show a private reply where the member is: in the thread, in place, or in a direct message."""
    outgoing = delivery.outgoing
    about = outgoing.about or ""
    if isinstance(outgoing.intent, Receipt) and is_ts(about):
        await _react(workspace, outgoing.channel.id, about)
    messages = render(outgoing.intent)
    url = memory.reply_url(about)
    try:
        place = Place(outgoing.channel.id, member.id, delivery.thread or "", url or "")
        await tell(workspace, place, messages)
    except SlackApiError as error:
        if reason(error) not in _NOT_THERE:
            raise _failure(error) from error
        for number, message in enumerate(messages):
            await _send(workspace, member.id, message, marker=_marker(delivery, number))
    except aiohttp.ClientConnectorError as error:
        raise _failure(error) from error
    return about


async def tell(workspace: Workspace, place: Place, messages: Sequence[Message]) -> None:
    """Show messages to one member only.

    Addresses for replies lead out of threads, expire, and take five replies.
    """
    left = deque(messages)
    while left and place.url and not place.thread and await _respond(place.url, left[0]):
        left.popleft()
    for message in left:
        await workspace.strict.chat_postEphemeral(
            channel=place.channel,
            user=place.user,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=place.thread or None,
        )


async def _respond(url: str, message: Message) -> bool:
    """Reply to an interaction; false if Slack no longer takes replies to it."""
    client = AsyncWebhookClient(url=url, timeout=10)
    try:
        answer = await client.send_dict(ephemeral(message))
    except (aiohttp.ClientError, TimeoutError):
        return False
    return answer.status_code == _OK


def ephemeral(message: Message, *, replace: bool = False) -> dict[str, Any]:
    """The body of a reply that only the asking member sees."""
    return {
        "response_type": "ephemeral",
        "replace_original": replace,
        "text": message.text,
        "blocks": list(message.blocks),
    }


async def _react(workspace: Workspace, channel: str, ts: str) -> None:
    """Say with an emoji that an answer is stored; its receipt matters more than the emoji."""
    try:
        await workspace.strict.reactions_add(channel=channel, timestamp=ts, name=STORED)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if reason(error) != "already_reacted":
            _log.warning("no reaction", platform=PLATFORM, reason=reason(error))
