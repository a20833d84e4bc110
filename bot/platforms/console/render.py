"""Intents as terminal output; everything a member typed is shown as plain text."""

from collections.abc import Iterator
from typing import Final

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.core import wording
from bot.core.intents import (
    Appeals,
    Board,
    Card,
    Case,
    CategoryScore,
    ChallengeShown,
    Intent,
    Notice,
    Progress,
    QuestionPosted,
    QuizPosted,
    Receipt,
    RoundClosed,
    Tone,
)
from bot.core.standings import MAX_FREEZES, ROUNDS_PER_FREEZE, Standing
from bot.platforms.markdown import clean

_GOOD: Final = 80
_FAIR: Final = 40
_LEVEL_STYLE: Final = {"junior": "green", "mid": "yellow", "senior": "red"}


def render(intent: Intent, *, framed: bool) -> RenderableType:  # noqa: PLR0911 - one a kind
    """What a terminal shows for ``intent``; ``framed`` draws boxes around cards."""
    match intent:
        case QuestionPosted():
            return _question(intent, framed=framed)
        case QuizPosted():
            return _quiz(intent, framed=framed)
        case Receipt():
            return Group(*_receipt(intent))
        case RoundClosed():
            return Group(*_closed(intent, framed=framed))
        case Board():
            return _board(intent)
        case Progress():
            return _progress(intent)
        case ChallengeShown():
            return _challenge(intent)
        case Appeals():
            return Group(*_appeals(intent))
        case Notice():
            return Text(clean(intent.text), style="yellow" if intent.tone is Tone.SORRY else "cyan")


def _framed(body: RenderableType, title: str, style: str, *, framed: bool) -> RenderableType:
    if framed:
        return Panel(body, title=Text(title), title_align="left", border_style=style, box=ROUNDED)
    return Group(Text(f"== {title} =="), body)


def _card(card: Card) -> Iterator[RenderableType]:
    yield Text(clean(card.title), style="bold")
    line = Text()
    line.append(card.level.value, style=_LEVEL_STYLE[card.level.value])
    line.append(f" | {card.category} | {card.question_id}", style="dim")
    yield line
    yield Text()
    yield Markdown(clean(card.prompt))


def _question(posted: QuestionPosted, *, framed: bool) -> RenderableType:
    until = wording.clock_time(posted.closes_at, posted.zone)
    first = "A new question replaces the earlier one. " if posted.replaces_earlier else ""
    footer = Text(f"{first}Open until {until}.", style="dim")
    body = Group(*_card(posted.card), Text(), footer)
    day = posted.local_date
    title = f"Question of {day:%A}, {day.day} {day:%B}"
    return _framed(body, title, "cyan", framed=framed)


def _quiz(posted: QuizPosted, *, framed: bool) -> RenderableType:
    footer = Text("Practice: only you see this, and it is not on the leaderboard.", style="dim")
    return _framed(Group(*_card(posted.card), Text(), footer), "Quiz", "magenta", framed=framed)


def _receipt(receipt: Receipt) -> Iterator[RenderableType]:
    kind = "Practice" if receipt.practice else f"Answer {receipt.revision}"
    heading = Text()
    heading.append(f"{kind}: ", style="dim")
    heading.append(f"Score {wording.score(receipt)}", style=_score_style(receipt.score))
    heading.append(f" | {clean(receipt.title)}", style="dim")
    yield heading
    for made in receipt.made:
        says = Text(clean(made.says))
        says.append("" if made.in_full else " (named, not explained)", style="yellow")
        says.append(wording.JUDGES[made.judge], style="dim")
        says.append(f'\n"{_short(made.quote)}"' if made.quote else "", style="dim")
        yield _item("+", "green", says) if made.in_full else _item("~", "yellow", says)
    for wrong in receipt.wrong:
        truth = f" {clean(wrong.truth)}" if wrong.truth else ""
        yield _item("!", "red", Text(f'"{_short(wrong.quote)}" costs points.{truth}'))
    for flag in receipt.flags:
        yield _item(f"[{flag.value}]", "yellow", Text(wording.FLAGS[flag]))
    yield from _what_is_missing(receipt)
    for remark in receipt.remarks:
        yield Text(clean(remark), style="cyan")
    if receipt.grading_id is not None:
        yield Text("Not right? /appeal puts it before the moderators.", style="dim")


def _what_is_missing(receipt: Receipt) -> Iterator[RenderableType]:
    if not receipt.in_full:
        yield Text(wording.still_missing(receipt))
        if receipt.closes_at is not None:
            until = wording.clock_time(receipt.closes_at, receipt.zone)
            yield Text(f"You can improve your answer until {until}.", style="dim")
        return
    for missed in receipt.missed:
        yield _item("-", "red", Text(clean(missed.says)))
    if receipt.explanation:
        yield Markdown(clean(receipt.explanation))
    if receipt.follow_up:
        yield Text(f"Next an interviewer might ask: {clean(receipt.follow_up)}", style="italic")


def _item(mark: str, style: str, body: RenderableType) -> RenderableType:
    """A line of a list whose wrapped lines stay indented."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(f"  {mark}", style=style), body)
    return grid


def _closed(closed: RoundClosed, *, framed: bool) -> Iterator[RenderableType]:
    parts: list[RenderableType] = [Text(clean(closed.card.title), style="bold"), Text()]
    parts += [Text("Model answer", style="bold green"), Markdown(clean(closed.model_answer))]
    parts += [Text(), Text("What counted", style="bold green")]
    for row in closed.rubric:
        made = f"made by {row.made_by} of {closed.answers}" if closed.answers else "no answers"
        parts.append(_item(f"{row.weight} x", "green", Text(f"{clean(row.says)} ({made})")))
    parts += [Text(), Markdown(clean(closed.explanation))]
    parts += [Text(f"Read more: {link.title} <{link.url}>", style="dim") for link in closed.links]
    title = f"Round of {closed.local_date:%A} {closed.local_date.day} {closed.local_date:%B} closed"
    yield _framed(Group(*parts), title, "green", framed=framed)
    if closed.best:
        yield Text("Best answers", style="bold")
    for answer in closed.best:
        said = Text.assemble((f"{clean(answer.member.name)}: ", "bold"), clean(answer.text))
        yield _item(f"{answer.score:3d}", _score_style(answer.score), said)
    if not closed.answers:
        yield Text("Nobody answered this time.")
    yield _board(closed.board)


def _board(board: Board) -> RenderableType:
    if not board.rows:
        empty = [Text(wording.empty_board(board))]
        return Group(*empty, *_waiting(board))
    table = Table(
        title=f"Leaderboard: {wording.PERIODS[board.period]}", title_justify="left", box=None
    )
    for heading, justify in (("#", "right"), ("Member", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for heading in ("Points", "Rounds", "Average"):
        table.add_column(heading, justify="right")
    for row in board.rows:
        table.add_row(*_line(row))
    if board.own is not None:
        table.add_row("...")
        table.add_row(*_line(board.own))
    return Group(table, *_waiting(board))


def _line(row: Standing) -> list[RenderableType]:
    name = Text(clean(row.member.name), overflow="ellipsis", no_wrap=True)
    return [str(row.rank), name, str(row.points), str(row.rounds), f"{row.average:.1f}"]


def _waiting(board: Board) -> list[RenderableType]:
    sentence = wording.waiting(board)
    return [Text(sentence, style="dim")] if sentence else []


def _progress(progress: Progress) -> RenderableType:
    table = Table(
        title=f"Progress of {clean(progress.member.name)}", title_justify="left", box=None
    )
    table.add_column(style="dim")
    table.add_column()
    table.show_header = False
    streak = progress.streak
    table.add_row("Rounds", f"{progress.rounds}{_average(progress.average)}")
    table.add_row("Streak", f"{wording.count(streak.current, 'round')}, longest {streak.longest}")
    table.add_row(
        "Freezes", f"{streak.freezes} of {MAX_FREEZES} (one for every {ROUNDS_PER_FREEZE} in a row)"
    )
    table.add_row("Practice", f"{progress.quizzes}{_average(progress.quiz_average)}")
    table.add_row("Strongest", _category(progress.strongest))
    table.add_row("Weakest", _category(progress.weakest))
    return table


def _average(average: float | None) -> str:
    return "" if average is None else f", {average:.1f} points on average"


def _category(row: CategoryScore | None) -> str:
    if row is None:
        return "not known yet"
    return f"{row.category} ({row.average:.1f} over {wording.count(row.answers, 'answer')})"


def _challenge(shown: ChallengeShown) -> RenderableType:
    name = shown.channel.name or shown.channel.id
    table = Table(title=f"Challenge of #{clean(name)}", title_justify="left", box=None)
    table.add_column(style="dim")
    table.add_column()
    table.show_header = False
    for setting, text in shown.settings.items():
        table.add_row(setting, clean(text))
    table.add_row("questions", f"{shown.questions} fit")
    if shown.open_until is not None:
        table.add_row("open until", wording.clock_time(shown.open_until, shown.zone))
    following = "paused" if shown.paused else "none planned in the next seven days"
    if shown.next_round is not None:
        following = wording.clock_time(shown.next_round, shown.zone)
    table.add_row("next round", following)
    return table


def _appeals(appeals: Appeals) -> Iterator[RenderableType]:
    if not appeals.cases:
        yield Text("No answer waits for a moderator.")
        return
    for case in appeals.cases:
        yield from _case(case)
    if appeals.waiting > len(appeals.cases):
        yield Text(f"{appeals.waiting - len(appeals.cases)} more wait behind these.")
    yield Text("/challenge rule NUMBER score=N, POINT=met|partial|unmet or keep, and why.")


def _case(case: Case) -> Iterator[RenderableType]:
    kind = "Review" if case.doubt else "Appeal"
    yield Text(f"{kind} {case.appeal_id}: {clean(case.card.title)}", style="bold")
    yield Text(clean(case.card.prompt), style="dim")
    yield _item(">", "cyan", Text(clean(case.answer)))
    if case.why:
        yield Text(f"Why: {clean(case.why)}")
    if case.doubt is not None:
        yield Text(wording.DOUBTS[case.doubt], style="yellow")
    yield Text(wording.case_score(case), style="bold")
    for point in case.points:
        said = Text(f"{point.id}: {clean(point.says)}{wording.JUDGES[point.judge]}")
        said.append(f'\n"{_short(point.quote)}"' if point.quote else "", style="dim")
        yield _item(point.verdict, "green" if point.verdict == "met" else "yellow", said)
    for wrong in case.wrong:
        yield _item("!", "red", Text(f'{wrong.id}: "{_short(wrong.quote)}" {clean(wrong.truth)}'))
    for flag in case.flags:
        yield _item(f"[{flag.value}]", "yellow", Text(wording.FLAGS[flag]))
    yield Text()


def _short(quote: str, limit: int = 160) -> str:
    """A quote on one line, cut in the middle of nothing important."""
    line = " ".join(clean(quote).split())
    return line if len(line) <= limit else f"{line[: limit - 3].rstrip()}..."


def _score_style(score: int | None) -> str:
    if score is None:
        return "bold yellow"
    return "bold green" if score >= _GOOD else "bold yellow" if score >= _FAIR else "bold red"
