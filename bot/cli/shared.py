"""What every group of commands needs: settings, a wired program, output."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from bot import config
from bot.app import App, SystemClock, open_app

_T = TypeVar("_T")

DbOption = Annotated[
    Path | None,
    typer.Option(
        "--db", metavar="FILE", help="Use this SQLite file instead of the configured one."
    ),
]


def settings_for(db: Path | None) -> config.Settings:
    """The settings, with the database of ``--db`` if given."""
    settings = config.load()
    if db is None:
        return settings
    return settings.model_copy(update={"database_url": config.sqlite_url(db)})


def with_app(db: Path | None, work: Callable[[App], Awaitable[_T]]) -> _T:
    """Run ``work`` with a wired program on the real clock."""

    async def run() -> _T:
        async with open_app(settings_for(db), SystemClock()) as app:
            return await work(app)

    return asyncio.run(run())


def output() -> Console:
    """Standard output: colour for people, plain text for pipes."""
    terminal = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not terminal, no_color=not terminal)
