"""Pages as the SDK's objects, and what its exceptions mean."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import discord

from bot.errors import PostError, PostponedError, RefusedError
from bot.platforms.discord.pages import Page

_NONCE: Final = 25
_WAIT_SECONDS: Final = 60.0
_REFUSALS: Final = {
    10003: "The channel is gone.",
    50001: "I cannot see the channel; give me View Channel there.",
    50007: "This member takes no direct messages from me.",
    50013: "I lack a permission in the channel; /challenge setup there names it.",
}
ARCHIVED: Final = 50083
UNKNOWN_CHANNEL: Final = 10003
HAS_A_THREAD: Final = 160004
ENDED: Final = frozenset({401, 403, 404})
"""What Discord answers once it takes no more replies to a press, a quarter of an hour later."""


def nonce(channel_id: int, marker: str, part: int) -> str:
    """What makes Discord return the message that is there already rather than post another."""
    return hashlib.sha256(f"{channel_id}:{marker}:{part}".encode()).hexdigest()[:_NONCE]


def embeds(page: Page) -> list[discord.Embed]:
    """The embeds of a page."""
    return [discord.Embed.from_dict(part) for part in page.embeds]


def view(page: Page) -> discord.ui.View:
    """The buttons of a page.

    The view is stopped at once: presses are told by their ids, in ``presses``, so that the
    SDK need not remember every message.
    """
    buttons = discord.ui.View(timeout=None)
    for part in page.buttons:
        style = discord.ButtonStyle(part["style"])
        item: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            style=style,
            label=part["label"],
            custom_id=part["custom_id"],
            disabled=part["disabled"],
        )
        buttons.add_item(item)
    buttons.stop()
    return buttons


def mentions(page: Page) -> discord.AllowedMentions:
    """Nobody but the one role."""
    roles = [discord.Object(page.role)] if page.role else False
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


async def send(
    channel: discord.PartialMessageable | discord.DMChannel, page: Page, nonce: str
) -> int:
    """Post a page; the same nonce does not post it twice."""
    message = await channel.send(
        content=page.content or None,
        embeds=embeds(page),
        view=view(page),
        allowed_mentions=mentions(page),
        nonce=nonce,
    )
    return message.id


@contextmanager
def outcomes() -> Iterator[None]:
    """Tell what was certainly not posted; other exceptions mean that nobody knows."""
    try:
        yield
    except discord.RateLimited as error:
        raise PostponedError(error.retry_after) from None
    except discord.HTTPException as error:
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning from None


def _meaning(error: discord.HTTPException) -> PostError | None:
    if error.status == 429:  # noqa: PLR2004 - HTTP's own number
        return PostponedError(_retry_after(error))
    if error.status == 401:  # noqa: PLR2004 - as above: the token; a new start will tell
        return PostponedError(_WAIT_SECONDS)
    if error.status in {400, 403, 404}:
        known = _REFUSALS.get(error.code)
        return RefusedError(known or f"Discord refuses it: {error.text} ({error.code}).")
    return None


def _retry_after(error: discord.HTTPException) -> float:
    try:
        return max(1.0, float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return _WAIT_SECONDS
