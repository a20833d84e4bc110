"""The command line: ``interview-bot``, or ``python -m bot``."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Annotated, Final

import typer

from bot import __version__
from bot.app import play as play_console
from bot.app import run as run_platforms
from bot.cli import challenge, db, questions, slack
from bot.cli.doctor import doctor
from bot.cli.grade import grade
from bot.cli.regrade import regrade
from bot.cli.shared import DbOption, settings_for
from bot.errors import BotError

cli: Final = typer.Typer(
    name="interview-bot",
    no_args_is_help=True,
    add_completion=False,
    help="A daily interview question for your team, graded against a rubric.",
)
cli.add_typer(challenge.app, name="challenge")
cli.add_typer(questions.app, name="questions")
cli.add_typer(db.app, name="db")
cli.add_typer(slack.app, name="slack")
cli.command()(grade)
cli.command()(regrade)
cli.command()(doctor)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature that Typer calls
    if wanted:
        print(f"interview-bot {__version__}")
        raise typer.Exit


@cli.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


@cli.command()
def play(db: DbOption = None) -> None:
    """Play in this terminal: a channel with today's question, for one or many.

    Example: interview-bot play --db team.db
    """
    asyncio.run(play_console(settings_for(db)))


@cli.command()
def run(db: DbOption = None) -> None:
    """Run the bot on every platform whose token is set.

    Example: interview-bot run --db team.db
    """
    # Containers and services ask with SIGTERM; the first process of a container would not hear it.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with suppress(KeyboardInterrupt):  # how it is meant to end
        asyncio.run(run_platforms(settings_for(db)))


def main() -> None:
    """Run the command line; every error is a sentence on standard error, never a traceback."""
    sys.exit(_status())


def _status() -> int:
    """The exit status: 0, 1 for what could not be done, 2 for a command that was mistyped."""
    try:
        return int(cli(standalone_mode=False) or 0)
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except typer.TyperException as error:
        if error.format_message():
            print(f"{error.format_message()} See interview-bot --help.", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; nothing may be flushed to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence instead of a traceback
        print(f"This is a bug in interview-bot: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    main()
