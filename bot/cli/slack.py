"""``interview-bot slack``: set the bot up in a workspace."""

import json
from typing import Annotated, Final

import typer

from bot.platforms.slack.manifest import manifest as app_manifest

app: Final = typer.Typer(no_args_is_help=True, help="Set the bot up in a Slack workspace.")


@app.callback()
def _group() -> None:
    pass


@app.command()
def manifest(
    http: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The bot's public address, for HTTP instead of Socket Mode."
        ),
    ] = None,
) -> None:
    """Print the app manifest, to be pasted where Slack asks for one.

    Example: interview-bot slack manifest --http https://bot.example.org
    """
    print(json.dumps(app_manifest(http), indent=2))
