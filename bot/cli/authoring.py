"""``interview-bot questions new|try|evaluate``: tools for those who write questions."""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.app import load_bank
from bot.cli import batch, jsonlines
from bot.cli.batch import GraderOption, OutOption, Sink
from bot.cli.shared import output, settings_for
from bot.core.grading import Grading, Mode, Verdict
from bot.core.questions import Question
from bot.errors import UserError
from bot.grading.evaluation import Evaluation, Graded, evaluate
from bot.grading.keyword import grade_text
from bot.platforms.console.commands import FINISH
from bot.platforms.markdown import clean

_STYLES: Final = {
    Verdict.EXPLAINED: "green",
    Verdict.NAMED: "yellow",
    Verdict.CONTRADICTED: "magenta",
    Verdict.MISSING: "dim",
}
_TEMPLATE: Final = """\
# yaml-language-server: $schema=../schema/question.schema.json
# The file's name is the id. Prose may run over lines after ">-"; a text with ": " or " #" in it,
# or one that begins with @ ` * & ! or a bracket, needs quotes.
id: {id}
title: A short headline
prompt: >-
  The question as a good interviewer would put it: one to four sentences that ask for what the
  rubric rewards and give nothing away.
level: junior # junior, mid or senior
category: {category} # one of the pack's
tags: [first-tag, second-tag]

rubric:
  # 5 to 9 points that a complete answer makes; weight 1 (nice to have) to 5 (the heart).
  concepts:
    - id: first-point
      weight: 3
      says: The point in one true sentence, as the close shows it.
      hint: A nudge that does not give it away.
      # Ways of saying it: slots joined by " + ", options by " | ". Every slot must find one of its
      # options close by; inflection, case and function words do not matter. Two slots are best:
      # what it is about, and what is said of it. Write at least one way without any jargon.
      accept:
        - subject | thing + does | performs | works
        - everyday word + everyday verb
    - id: second-point
      weight: 2
      says: Another point.
      hint: Another nudge.
      accept: [other subject + other verb]
    - id: third-point
      weight: 1
      says: A detail.
      hint: What else is there?
      accept: [detail + reason]
  # Every fact turned round, as somebody who is confidently wrong would say it.
  misconceptions:
    - id: first-mistake
      claim: The false sentence in plain words.
      truth: What is true instead.
      variants:
        - The same mistake in other words.
      # Narrow: slots in this order within one sentence, nothing that a right answer could say.
      patterns:
        - wrong subject + wrong verb + wrong object

references:
  - voice: technical
    text: >-
      A complete answer in the terms of the trade.
  - voice: plain
    text: >-
      The same in everyday words.

explanation: >-
  Two to four sentences for the close; say where versions differ.
follow_up: What would an interviewer ask next?
links:
  - title: Official documentation
    url: https://example.org/

# "interview-bot questions check" grades these; high is 80 to 100, half 35 to 75, low 0 to 25.
tests:
  - expect: high
    answer: >-
      A good answer that is worded unlike the references.
  - expect: low
    note: A wrong answer in the right words.
    answer: >-
      Several facts turned round.
"""


def new(
    question_id: Annotated[str, typer.Argument(metavar="ID", help="The question's id.")],
    folder: Annotated[Path, typer.Option("--pack", help="The pack's folder.")] = Path(),
    category: Annotated[str, typer.Option(help="One of the pack's categories.")] = "basics",
) -> None:
    """Write a commented template for a question.

    Example: interview-bot questions new event-loop --pack my-packs/python --category async
    """
    path = folder / f"{question_id}.yaml"
    if path.exists():
        raise UserError(f"{path} exists already; choose another id.")
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    path.write_text(_TEMPLATE.format(id=question_id, category=category), encoding="utf-8")
    output().print(f"{path} is written; fill it in and run interview-bot questions check.")


def try_(
    question_id: Annotated[str, typer.Argument(metavar="ID", help="The question's id.")],
) -> None:
    """Show how typed answers are read: matched words, verdict per concept, flags, score.

    Example: interview-bot questions try path-parameters
    """
    question = load_bank(settings_for(None)).get(question_id)
    console = output()
    console.print(Text(clean(question.prompt)))
    if sys.stdin.isatty():
        console.print(f"Type an answer; a line with just {FINISH} grades it, Ctrl-D ends.")
    for answer in _answers():
        console.print(_reading(question, answer, grade_text(question, answer)))


def _answers() -> Iterator[str]:
    """What is typed, cut at lines with just a dot."""
    lines: list[str] = []
    for line in sys.stdin:
        if line.strip() == FINISH:
            yield "".join(lines)
            lines.clear()
        else:
            lines.append(line)
    if "".join(lines).strip():
        yield "".join(lines)


def _reading(question: Question, answer: str, grading: Grading) -> RenderableType:
    shown = Text(clean(answer.strip()))
    table = Table(box=None, show_header=False)
    for concept, result in zip(question.rubric.concepts, grading.concepts, strict=True):
        style = _STYLES[result.verdict]
        quote = clean(result.quote or "")
        if quote:
            shown.highlight_words([quote], style)
        table.add_row(
            Text(result.verdict.value, style=style), str(concept.weight), concept.id, Text(quote)
        )
    for hit in grading.misconceptions:
        shown.highlight_words([clean(hit.quote)], "bold red")
        table.add_row(Text("false claim", style="bold red"), "", hit.id, Text(clean(hit.quote)))
    score = "not scored" if grading.score is None else f"{grading.score} of 100"
    flags = " ".join(f"[{flag.value}]" for flag in grading.flags)
    return Group(shown, table, Text(f"Score {score} {flags}".rstrip(), style="bold"), Text())


def evaluate_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="JSON lines; standard input if none is given."),
    ] = None,
    worst: Annotated[int, typer.Option(help="How many disagreements to show.")] = 10,
    grader: GraderOption = Mode.KEYWORD,
    out: OutOption = None,
) -> None:
    """Compare our scores with people's: correlation, means per kind, ordering, disagreements.

    Each line is {"question": id, "answer": text, "scores": [0 to 100, ...], "kind": word}; "topic"
    is another name for "question", and "score" for a single score.

    Example: interview-bot questions evaluate graded-answers.jsonl
    """
    rows = asyncio.run(_graded_rows(files or [], grader, out))
    if not rows:
        raise UserError("There is no graded answer to evaluate.")
    output().print(_report(evaluate(rows, worst)))


async def _graded_rows(files: Sequence[Path], mode: Mode, out: Path | None) -> list[Graded]:
    settings = settings_for(None)
    bank = load_bank(settings)
    done = batch.finished(out, mode)
    rows: list[Graded] = []
    async with batch.open_judge(settings, mode) as judge:

        async def grade(place: str, line: bytes) -> str | None:
            try:
                row = jsonlines.parse(line, also=("topic",))
                question = bank.get(row["question"])
                expected = _expected(row)
            except UserError as error:
                raise UserError(f"{place}: {error}") from None
            answer = row["answer"]
            kind = str(row.get("edge_type") or row.get("kind") or "all")
            known = done.get((question.id, answer))
            if known is not None:
                grading = Grading.model_validate(known["grading"])
            else:
                grading = await judge(question, answer)
            rows.append(Graded(question.id, kind, answer, expected, grading))
            if known is not None or out is None:
                return None
            kept = {"question": question.id, "answer": answer, "grader": mode.value}
            return json.dumps(kept | {"grading": grading.model_dump(mode="json")})

        lines = list(jsonlines.lines_of(list(files)))
        with Sink(out) as sink:
            await batch.in_order(lines, grade, sink.write, shown=mode is not Mode.KEYWORD)
    return rows


def _expected(row: dict[str, Any]) -> float:
    scores = row.get("scores", [row.get("score")])
    if not isinstance(scores, list) or not scores:
        scores = [None]
    if not all(isinstance(score, int | float) and 0 <= score <= 100 for score in scores):  # noqa: PLR2004 - a score's range
        raise UserError('"scores" must be a list of numbers from 0 to 100.')
    return fmean(scores)


def _report(found: Evaluation) -> RenderableType:
    kinds = Table(title="Means per kind", title_justify="left", box=None)
    for heading in ("kind", "answers", "ours", "people's", "accused"):
        kinds.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind in found.kinds:
        ours = "not scored" if kind.score is None else f"{kind.score:.1f}"
        cells = (str(kind.answers), ours, f"{kind.expected:.1f}", str(kind.accused))
        kinds.add_row(Text(clean(kind.name)), *cells)
    weakest = min(
        ((r, name) for name, r in found.r_by_question.items() if r is not None), default=None
    )
    lines = [
        f"Pearson r {_r(found.r)}"
        + (f", lowest {weakest[0]:.3f} ({weakest[1]})" if weakest else ""),
        f"Pairs far apart in people's order: {found.ordered} of {found.pairs}",
        f"Mean error {found.mean_error:.1f} points",
    ]
    worst = Table(title="Worst disagreements", title_justify="left", box=None)
    for heading in ("ours", "people's", "kind", "question", "answer"):
        worst.add_column(heading, no_wrap=heading != "answer")
    for row in found.worst:
        start = " ".join(clean(row.answer).split())[:90]
        scores = (str(row.grading.score), f"{row.expected:.0f}")
        worst.add_row(*scores, Text(clean(row.kind)), row.question, Text(start))
    return Group(*(Text(line) for line in lines), Text(), kinds, Text(), worst)


def _r(value: float | None) -> str:
    return "is not defined" if value is None else f"{value:.3f}"
