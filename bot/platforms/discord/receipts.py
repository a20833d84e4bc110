"""Receipts as Discord messages."""

from collections.abc import Iterator
from typing import Final

from bot.core import wording
from bot.core.intents import Receipt
from bot.platforms.discord import ids
from bot.platforms.discord.pages import (
    BLUE,
    DESCRIPTION,
    EMBEDS_TOTAL,
    GREEN,
    GREY,
    QUOTE,
    RED,
    SAYS,
    TITLE,
    YELLOW,
    Json,
    Page,
    button,
    embed,
    size,
)
from bot.platforms.discord.text import clean, escape, excerpt, line, moment
from bot.platforms.markdown import shorten

_GOOD: Final = 80
_FAIR: Final = 40
_EXPLANATION: Final = 1600
_REMARK: Final = 600


def receipt_page(receipt: Receipt, marker: str, wish: str, server: str) -> Page:
    """The message that shows a receipt."""
    kind = "Practice" if receipt.practice else f"Answer {receipt.revision}"
    first = embed(
        "",
        title=shorten(f"{kind}: Score {wording.score(receipt)}", TITLE),
        color=_score_color(receipt.score),
        footer=shorten(clean(receipt.title), TITLE),
    )
    more = []
    if receipt.in_full and receipt.explanation:
        more.append(embed(excerpt(clean(receipt.explanation), _EXPLANATION), color=GREY))
    if receipt.remarks:
        remarks = "\n".join(excerpt(escape(each), _REMARK) for each in receipt.remarks)
        more.append(embed(excerpt(remarks, 2 * _REMARK), color=BLUE))
    room = EMBEDS_TOTAL - sum(map(size, (first, *more)))
    body = excerpt("\n".join(_receipt_lines(receipt)), min(room, DESCRIPTION))
    parts = ({**first, "description": body} if body else first, *more)
    buttons, mark = _receipt_buttons(receipt, marker, wish, server)
    return Page(embeds=parts, buttons=buttons, mark=mark)


def _receipt_buttons(
    receipt: Receipt, marker: str, wish: str, server: str
) -> tuple[tuple[Json, ...], str]:
    """What can be pressed below a receipt, the first of which tells it from every other."""
    if receipt.round_id is None:
        mark = ids.custom_id(ids.QUIZ, wish, marker)
        first = button("Next", mark)
    else:
        mark = ids.custom_id(ids.RESULT, receipt.round_id, marker)
        first = button("Show again", mark)
    if receipt.grading_id is None:
        return (first,), mark
    appeal = ids.custom_id(ids.APPEAL, receipt.grading_id, server)
    return (first, button("I disagree", appeal)), mark


def _receipt_lines(receipt: Receipt) -> Iterator[str]:
    for made in receipt.made:
        sign, note = ("✅", "") if made.in_full else ("🟡", " *(named, not explained)*")
        quote = f"\n> {line(made.quote, QUOTE)}" if made.quote else ""
        yield f"{sign} {line(made.says, SAYS)}{note}{wording.JUDGES[made.judge]}{quote}"
    for wrong in receipt.wrong:
        truth = f" {line(wrong.truth, SAYS)}" if wrong.truth else ""
        yield f'❌ "{line(wrong.quote, QUOTE)}" costs points.{truth}'
    for flag in receipt.flags:
        yield f"⚠️ {wording.FLAGS[flag]}"
    if not receipt.in_full:
        yield wording.still_missing(receipt)
        if receipt.closes_at is not None:
            yield f"You can improve your answer until {moment(receipt.closes_at)}."
        return
    for missed in receipt.missed:
        yield f"▫️ Missing: {line(missed.says, SAYS)}"
    if receipt.follow_up:
        yield f"\n*Next an interviewer might ask:* {line(receipt.follow_up, 400)}"


def _score_color(score: int | None) -> int:
    if score is None:
        return GREY
    return GREEN if score >= _GOOD else YELLOW if score >= _FAIR else RED
