"""``interview-bot questions``: look at packs and find what is wrong with them."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Group
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from bot import bank
from bot.app import load_bank
from bot.cli import authoring, regrade
from bot.cli.shared import output, settings_for
from bot.core.intents import QuizPosted, as_card
from bot.core.questions import Level, Question
from bot.grading.lint import lint
from bot.platforms.console.render import render
from bot.platforms.markdown import clean

app: Final = typer.Typer(no_args_is_help=True, help="Look at question packs and check them.")
app.command()(authoring.new)
app.command("try")(authoring.try_)
app.command("evaluate")(authoring.evaluate_)
app.command()(regrade.stats)


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[PATH]", help="A pack, a folder of packs, or one question's file."),
    ] = None,
) -> None:
    """Name every fault of every file, run its tests, and say what is weak in its rubric.

    Without PATH, of the packs in use.

    Example: interview-bot questions check my-questions/
    """
    settings = settings_for(None)
    shipped = [bank.shipped_packs()] if settings.shipped_pack else []
    roots = [path] if path is not None else [*shipped, *settings.pack_folders]
    found, faults = bank.check(roots)
    faults += [
        found.sources[question.id].fault(loc, message)
        for question in found.questions.values()
        for loc, message in lint(question)
    ]
    for fault in sorted(faults):
        output().print(str(fault), markup=False)
    if faults:
        raise typer.Exit(1)
    output().print(f"{len(found.questions)} questions in {len(found.packs)} packs, no faults.")


@app.command("list")
def list_(
    pack: Annotated[list[str] | None, typer.Option(help="Only this pack; repeatable.")] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category; repeatable.")
    ] = None,
    level: Annotated[list[Level] | None, typer.Option(help="Only this level; repeatable.")] = None,
) -> None:
    """List the questions in use.

    Example: interview-bot questions list --category async --level senior
    """
    found = load_bank(settings_for(None))
    chosen = found.select(packs=pack or (), categories=category or (), levels=level or ())
    table = Table(box=None)
    for heading in ("id", "level", "category", "title"):
        table.add_column(heading, no_wrap=heading != "title")
    for question in chosen:
        table.add_row(question.id, question.level.value, question.category, clean(question.title))
    output().print(table)
    output().print(f"{len(chosen)} of {len(found.questions)} questions.")


@app.command()
def schema(
    kind: Annotated[
        Literal["question", "pack"], typer.Argument(help="Which kind of file the schema is for.")
    ] = "question",
) -> None:
    """Print the JSON Schema that editors check question files with.

    Example: interview-bot questions schema > question.schema.json
    """
    print(bank.json_schema(kind))


@app.command()
def show(
    question_id: Annotated[str, typer.Argument(metavar="ID", help="The question's id.")],
) -> None:
    """Show a question as members will see it, and then what is behind it.

    Example: interview-bot questions show path-parameters
    """
    found = load_bank(settings_for(None))
    question = found.get(question_id)
    hints = tuple(concept.hint for concept in question.rubric.concepts)
    names = found.categories()
    posted = QuizPosted(quiz_id=0, card=as_card(question, names), hints=hints)
    console = output()
    console.print(render(posted, framed=console.is_terminal))
    console.print(_behind(question))


def _behind(question: Question) -> Group:
    rubric = Table(title="Rubric", title_justify="left", box=None)
    for heading in ("weight", "point", "hint"):
        rubric.add_column(heading)
    for concept in question.rubric.concepts:
        rubric.add_row(str(concept.weight), Text(clean(concept.says)), Text(clean(concept.hint)))
    return Group(
        rubric,
        Text("\nModel answer", style="bold"),
        Markdown(clean(question.model_answer)),
        Text("\nExplanation", style="bold"),
        Markdown(clean(question.explanation)),
        Text(f"\nFollow-up: {clean(question.follow_up)}"),
        *(Text(f"Read more: {link.title} <{link.url}>") for link in question.links),
    )
