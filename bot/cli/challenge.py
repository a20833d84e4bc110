"""``interview-bot challenge``: from a shell what admins do in chat."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import typer

from bot.app import App
from bot.cli.shared import DbOption, output, with_app
from bot.core import admin
from bot.core.challenges import SETTING_NAMES, settings_from
from bot.core.people import Channel
from bot.errors import UserError
from bot.platforms.console.render import render

app: Final = typer.Typer(
    no_args_is_help=True, help="Set up and change the daily challenge of any channel."
)
_ACTOR: Final = "shell"

ChannelArgument = Annotated[
    str, typer.Argument(metavar="CHANNEL", help="The channel's id on its platform.")
]
SettingsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME=VALUE]...", help=f"Settings: {', '.join(SETTING_NAMES)}."),
]
PlatformOption = Annotated[
    str, typer.Option("--platform", help="The channel's platform: console, discord or slack.")
]
WorkspaceOption = Annotated[
    str, typer.Option("--workspace", help="The Slack workspace's or Discord server's id.")
]
_PLATFORMS: Final = ("console", "discord", "slack")


@app.command()
def create(
    channel: ChannelArgument,
    settings: SettingsArgument = None,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """Set up a challenge; a channel alone is enough.

    Example: interview-bot challenge create C024BE91L --platform slack --workspace T1 time=09:30
    """
    where = _channel(platform, workspace, channel)

    async def work(app: App) -> None:
        texts = settings_from(settings) if settings else {}
        await admin.create(app.ports, where, {"zone": app.settings.zone, **texts}, _ACTOR)
        await _show(app, where)

    with_app(db, work)


@app.command("set")
def set_(
    channel: ChannelArgument,
    settings: SettingsArgument = None,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """Change some settings of a challenge.

    Example: interview-bot challenge set general weekdays=mon,wed,fri levels=junior,mid
    """
    where = _channel(platform, workspace, channel)

    async def work(app: App) -> None:
        await admin.change(app.ports, where, settings_from(settings or []), _ACTOR)
        await _show(app, where)

    with_app(db, work)


@app.command()
def show(
    channel: ChannelArgument,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """Show a challenge's settings and its next round.

    Example: interview-bot challenge show general
    """
    where = _channel(platform, workspace, channel)
    with_app(db, lambda app: _show(app, where))


@app.command("list")
def list_(db: DbOption = None) -> None:
    """List every challenge.

    Example: interview-bot challenge list
    """

    async def work(app: App) -> None:
        for challenge in await app.ports.store.challenges.all():
            texts = challenge.settings.texts()
            state = "paused" if challenge.settings.paused else "running"
            where = "\t".join(challenge.channel.key)
            typer.echo(f"{where}\t{state}\t{texts['time']}\t{texts['zone']}")

    with_app(db, work)


@app.command()
def pause(
    channel: ChannelArgument,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """Stop posting until the challenge is resumed.

    Example: interview-bot challenge pause general
    """
    where = _channel(platform, workspace, channel)
    _change(where, db, lambda app: admin.pause(app.ports, where, _ACTOR, paused=True))


@app.command()
def resume(
    channel: ChannelArgument,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """Post again from the next scheduled time.

    Example: interview-bot challenge resume general
    """
    where = _channel(platform, workspace, channel)
    _change(where, db, lambda app: admin.pause(app.ports, where, _ACTOR, paused=False))


@app.command()
def remove(
    channel: ChannelArgument,
    platform: PlatformOption = "console",
    workspace: WorkspaceOption = "local",
    db: DbOption = None,
) -> None:
    """End a challenge; its rounds and standings stay.

    Example: interview-bot challenge remove general
    """
    where = _channel(platform, workspace, channel)
    with_app(db, lambda app: admin.remove(app.ports, where, _ACTOR))
    output().print("The challenge is removed; its rounds and standings stay.")


def _change(where: Channel, db: DbOption, doing: Callable[[App], Awaitable[None]]) -> None:
    async def work(app: App) -> None:
        await doing(app)
        await _show(app, where)

    with_app(db, work)


def _channel(platform: str, workspace: str, channel: str) -> Channel:
    if platform not in _PLATFORMS:
        raise UserError(f"There is no platform '{platform}'; there are {', '.join(_PLATFORMS)}.")
    if not channel.strip() or not workspace.strip():
        raise UserError("A channel and its workspace need an id.")
    return Channel(platform=platform, workspace=workspace, id=channel)


async def _show(app: App, channel: Channel) -> None:
    output().print(render(await admin.show(app.ports, channel), framed=False))
