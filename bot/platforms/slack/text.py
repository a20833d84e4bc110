"""Slack's text: markup of incoming messages undone, outgoing text escaped, Markdown as mrkdwn."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from bot.core import wording
from bot.platforms.markdown import clean, shorten, split

_MARKUP: Final = re.compile(r"<([^<>\n]*)>")
_REFERENCE: Final = re.compile(r"<[#@]([A-Z0-9]+)(?:\|[^<>\n]*)?>")
_CODE: Final = re.compile(
    r"^(?P<fence>`{3,8}|~{3,8})[^\n]*\n(?P<block>.*?)(?:^(?P=fence)[ \t]*$|\Z)"
    r"|(?P<inline>`[^`\n]+`)",
    re.MULTILINE | re.DOTALL,
)
_HEADING: Final = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_BOLD: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ITALIC: Final = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_STRUCK: Final = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_BULLET: Final = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s()|]+)\)")
_MARK: Final = "\x01"  # stands for the asterisk of bold text until italics are done
_SMALLEST: Final = 300


def plain(text: str) -> str:
    """What a member typed: links, mentions and entities of Slack's markup undone."""
    bare = _MARKUP.sub(lambda match: _spoken(match[1]), text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_ids(text: str) -> str:
    """A command in which mentioned channels and members are the ids that settings want."""
    return _REFERENCE.sub(r"\1", text)


def _spoken(markup: str) -> str:
    target, _, label = markup.partition("|")
    if target.startswith(("@", "#")):
        return target[0] + label.removeprefix(target[0]) if label else target
    if target.startswith("!"):
        return label or "@" + target[1:].split("^")[0]
    return label or target.removeprefix("mailto:")


def without_mention(text: str, bot_user_id: str) -> str | None:
    """What follows a mention of the bot at the beginning; ``None`` if there is no such mention."""
    match = re.match(rf"\s*<@{re.escape(bot_user_id)}(?:\|[^>]*)?>[\s,:]*", text)
    return text[match.end() :] if match else None


def escape(text: str) -> str:
    """Text that Slack shows as it is: nothing in it is a mention, a link or an entity."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(text: str, limit: int) -> str:
    """Escaped text on one line, from at most ``limit`` characters of it."""
    return escape(shorten(" ".join(clean(text).split()), limit))


def mrkdwn(markdown: str) -> str:
    """Markdown in Slack's dialect; code stays as it is, all else is escaped."""
    text, parts, at = escape(markdown), [], 0
    for match in _CODE.finditer(text):
        parts += [_prose(text[at : match.start()]), match["inline"] or _block(match["block"])]
        at = match.end()
    return "".join([*parts, _prose(text[at:])])


def _block(code: str) -> str:
    inside = code.rstrip("\n").replace("```", "'''")
    return f"```\n{inside}\n```"


def _prose(text: str) -> str:
    text = _HEADING.sub(rf"{_MARK}\1{_MARK}", text)
    text = _BULLET.sub(r"\1• ", text)
    text = _BOLD.sub(rf"{_MARK}\2{_MARK}", text)
    text = _ITALIC.sub(r"_\1_", text)
    text = _STRUCK.sub(r"~\1~", text)
    text = _LINK.sub(r"<\2|\1>", text)
    return re.sub(f"{_MARK}+", "*", text)


def pieces(text: str, convert: Callable[[str], str], limit: int) -> Iterator[str]:
    """``text`` in pieces whose converted form has at most ``limit`` characters each."""
    yield from _pieces(text, convert, limit, limit)


def _pieces(text: str, convert: Callable[[str], str], limit: int, size: int) -> Iterator[str]:
    for piece in split(text, size):
        converted = convert(piece)
        if len(converted) <= limit:
            if converted.strip():
                yield converted
        else:
            # Escaping makes text up to five times as long; smaller pieces fit at last.
            yield from _pieces(piece, convert, limit, max(_SMALLEST, size // 2))


def until(instant: datetime, zone: str) -> str:
    """An instant that every reader sees in their own zone."""
    fallback = escape(wording.clock_time(instant, zone))
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
