"""``interview-bot db``: look after the database."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.cli.shared import DbOption, output, settings_for
from bot.storage import backup as copies
from bot.storage.database import Database, known_versions
from bot.storage.store import Store

app: Final = typer.Typer(no_args_is_help=True, help="Look after the database.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The copy.")]


@app.command()
def upgrade(db: DbOption = None) -> None:
    """Bring the database to the newest schema; an empty one gets all of it.

    Example: interview-bot db upgrade
    """

    async def work() -> None:
        database = Database(settings_for(db).database_url)
        try:
            await database.upgrade()
        finally:
            await database.close()

    asyncio.run(work())
    output().print(f"The database is at schema {known_versions()[0]}.")


@app.command()
def check(db: DbOption = None) -> None:
    """Look for damage, and recount the standings from the gradings.

    Example: interview-bot db check
    """
    url = settings_for(db).database_url
    copies.existing_file(url)
    faults = asyncio.run(faults_of(url))
    for fault in faults:
        output().print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    output().print("The database is whole, and the standings agree with the gradings.")


async def faults_of(url: str) -> list[str]:
    """One sentence for each thing that is wrong with a database."""
    database = Database(url)
    try:
        version = await database.version()
        if version != known_versions()[0]:
            return [f"The schema is {version or 'empty'}; interview-bot db upgrade mends that."]
        return await database.integrity() or await Store(database).boards.recount()
    finally:
        await database.close()


@app.command()
def backup(file: FileArgument, db: DbOption = None) -> None:
    """Copy the database to FILE, also while the bot is running.

    Example: interview-bot db backup monday.db
    """
    copies.backup(settings_for(db).database_url, file)
    output().print(f"The database is copied to {file}.", markup=False)


@app.command()
def restore(file: FileArgument, db: DbOption = None) -> None:
    """Put a copy made by "db backup" in place of the database; stop the bot first.

    Example: interview-bot db restore monday.db
    """
    copies.restore(file, settings_for(db).database_url)
    output().print(f"The database is what {file} holds.", markup=False)
