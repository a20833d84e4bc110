"""``interview-bot regrade`` and ``questions stats``: what changed rubrics mean for what counts."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.app import App
from bot.cli.batch import progress_bar
from bot.cli.shared import DbOption, output, with_app
from bot.core import wording
from bot.core.regrading import Outcome
from bot.core.regrading import regrade as grade_again
from bot.core.revising import QuestionStats
from bot.core.standings import Standing
from bot.platforms.markdown import clean


def regrade(
    question: Annotated[
        str | None, typer.Option("--question", metavar="ID", help="Only this question's answers.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Only rounds from this date on."),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    db: DbOption = None,
) -> None:
    """Grade again what counts, by the questions as they are now; moderators' rulings stay.

    Example: interview-bot regrade --question path-parameters --dry-run
    """
    day = since.date() if since else None

    async def work(app: App) -> Outcome:
        if question is not None:
            app.ports.bank.get(question)
        return await _run(app, question, day, dry_run=dry_run)

    _show(with_app(db, work), dry_run=dry_run)


async def _run(app: App, question: str | None, since: date | None, *, dry_run: bool) -> Outcome:
    bar = progress_bar()
    with bar:
        task = bar.add_task("", total=None)
        return await grade_again(
            app.ports,
            question_id=question,
            since=since,
            dry_run=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    if outcome.changes:
        output().print(_scores(outcome))
    if outcome.ranks:
        output().print(_ranks(outcome))
    would = "would change" if dry_run else "changed"
    output().print(
        f"{wording.count(outcome.answers, 'answer')} graded again,"
        f" {wording.count(len(outcome.changes), 'score')} {would}."
    )
    if outcome.rulings:
        output().print(f"{wording.count(outcome.rulings, 'ruling')} stayed.")
    if outcome.unasked:
        answers = wording.count(outcome.unasked, "answer")
        output().print(f"{answers} kept the old grading: the language model could not be asked.")


def _scores(outcome: Outcome) -> Table:
    table = Table(title="Scores", title_justify="left", box=None)
    for heading in ("date", "channel", "member", "question", "before", "after"):
        table.add_column(heading)
    for change in outcome.changes:
        before = change.before
        table.add_row(
            str(before.local_date),
            Text(clean(before.channel.name or before.channel.id)),
            Text(clean(before.member.name or before.member.id)),
            before.question.id,
            _score(before.grading.score),
            _score(change.grading.score),
        )
    return table


def _score(score: int | None) -> str:
    return "none" if score is None else str(score)


def _ranks(outcome: Outcome) -> Table:
    table = Table(title="Standings", title_justify="left", box=None)
    for heading in ("channel", "period", "member", "before", "after"):
        table.add_column(heading)
    for change in outcome.ranks:
        table.add_row(
            Text(clean(change.channel.name or change.channel.id)),
            wording.PERIODS[change.period],
            Text(clean(change.member.name or change.member.id)),
            _place(change.before),
            _place(change.after),
        )
    return table


def _place(standing: Standing | None) -> str:
    if standing is None:
        return "not on it"
    return f"{standing.rank}. with {wording.count(standing.points, 'point')}"


def stats(db: DbOption = None) -> None:
    """Show how each question fares: answers, mean, how often each point is made, appeals.

    Example: interview-bot questions stats
    """
    found = with_app(db, lambda app: app.ports.store.regrades.stats())
    if not found:
        output().print("No question has answers yet.")
        return
    table = Table(box=None)
    headings = (
        "question",
        "answers",
        "mean",
        "appealed",
        "overturned",
        "points made, rarest first",
    )
    for heading in headings:
        table.add_column(heading, no_wrap=heading == "question")
    for row in sorted(found, key=_standing_out):
        table.add_row(*_cells(row))
    output().print(table)


def _standing_out(row: QuestionStats) -> tuple[float, float]:
    """Questions with the most successful appeals first, then those with the lowest mean."""
    return -row.overturned / row.answers, 100.0 if row.mean is None else row.mean


def _cells(row: QuestionStats) -> tuple[str, ...]:
    met = ", ".join(
        f"{name} {share:.0%}" for name, share in sorted(row.met.items(), key=lambda each: each[1])
    )
    return (
        row.question_id,
        str(row.answers),
        "none" if row.mean is None else f"{row.mean:.1f}",
        f"{row.appeals / row.answers:.0%}",
        f"{row.overturned} of {row.rulings}",
        met,
    )
