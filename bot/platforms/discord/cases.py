"""Appeals and reviews as moderators see them: a case a message, or several if it is long."""

from collections.abc import Iterator
from typing import Final

from bot.core import wording
from bot.core.intents import Appeals, Case, CasePoint
from bot.platforms.discord import ids
from bot.platforms.discord.pages import (
    BLUE,
    DESCRIPTION,
    GREY,
    PRIMARY,
    QUOTE,
    SAYS,
    TITLE,
    YELLOW,
    Json,
    Page,
    button,
    embed,
    pack,
)
from bot.platforms.discord.text import clean, escape, excerpt, line
from bot.platforms.markdown import split

_PROMPT: Final = 1600
_WHY: Final = 1000
_KIND: Final = 40
_SIGNS: Final = {"met": "✅", "partial": "🟡", "unmet": "▫️"}


def case_pages(appeals: Appeals) -> tuple[Page, ...]:
    """The messages that show cases; the last of each case has the button to rule on it."""
    if not appeals.cases:
        nothing = embed("No answer waits for a moderator.", color=BLUE)
        return (Page(embeds=(nothing,)),)
    behind = appeals.waiting - len(appeals.cases)
    more = f"{behind} more wait behind these." if behind > 0 else ""
    last = appeals.cases[-1]
    return tuple(
        page for case in appeals.cases for page in _case(case, more if case is last else "")
    )


def rule_button(case: Case) -> Json:
    """Opens the form for a ruling, wherever the case is shown."""
    where = case.channel
    mark = ids.custom_id(ids.RULE, where.workspace, where.id, case.appeal_id)
    return button("Rule", mark, PRIMARY)


def ruled_button(mark: str) -> Json:
    """Takes the place of the button to rule."""
    return button("Ruled", mark, disabled=True)


def _case(case: Case, more: str) -> Iterator[Page]:
    kind = "Review" if case.doubt else "Appeal"
    first = embed(
        excerpt(clean(case.card.prompt), _PROMPT),
        title=f"{kind} {case.appeal_id}: {line(case.card.title, TITLE - _KIND)}",
        color=GREY,
    )
    body = "\n".join(_verdict(case))
    parts = [
        first,
        *_pieces("Answer", escape(case.answer), BLUE),
        *_pieces(f"Verdict on {kind.lower()} {case.appeal_id}", body, YELLOW),
    ]
    if more:
        parts[-1]["footer"] = {"text": more}
    *messages, last = pack(parts)
    yield from (Page(embeds=message) for message in messages)
    rule = rule_button(case)
    yield Page(embeds=last, buttons=(rule,), mark=rule["custom_id"])


def _pieces(title: str, text: str, color: int) -> list[Json]:
    """A long text whole, since a moderator decides on all of it."""
    pieces = split(text, DESCRIPTION)
    return [
        embed(piece, title=title if number == 0 else "", color=color)
        for number, piece in enumerate(pieces)
    ]


def _verdict(case: Case) -> Iterator[str]:
    if case.why:
        yield f"**Why:** {excerpt(escape(case.why), _WHY)}"
    if case.doubt is not None:
        yield wording.DOUBTS[case.doubt]
    yield f"**{wording.case_score(case)}**"
    yield from map(_point, case.points)
    for wrong in case.wrong:
        quote, truth = line(wrong.quote, QUOTE), line(wrong.truth, SAYS)
        yield f'❌ **{line(wrong.id, QUOTE)}:** "{quote}" {truth}'
    for flag in case.flags:
        yield f"⚠️ {wording.FLAGS[flag]}"


def _point(point: CasePoint) -> str:
    quote = f"\n> {line(point.quote, QUOTE)}" if point.quote else ""
    says = f"{line(point.says, SAYS)}{wording.JUDGES[point.judge]}"
    return f"{_SIGNS[point.verdict]} {point.verdict} **{line(point.id, QUOTE)}:** {says}{quote}"
