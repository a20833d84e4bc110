"""Tells Discord the commands, only when they differ from those that it knows."""

from collections.abc import Mapping, Sequence
from typing import cast

import discord
from discord import app_commands

from bot.platforms.discord.pages import Json


async def sync(tree: app_commands.CommandTree[discord.AutoShardedClient]) -> bool:
    """Bring Discord's list of commands up to date; whether that was needed."""
    client = tree.client
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    known = await client.http.get_global_commands(client.application_id or 0)
    if same_commands(wanted, cast("Sequence[Json]", known)):
        return False
    await tree.sync()
    return True


def same_commands(wanted: Sequence[Json], known: Sequence[Json]) -> bool:
    """Whether Discord knows exactly these commands."""
    by_name = {str(command["name"]): command for command in known}
    return len(by_name) == len(wanted) and all(
        _covers(command, by_name.get(str(command["name"]))) for command in wanted
    )


def _covers(wanted: object, known: object) -> bool:
    """Whether all that is wanted is there; Discord leaves out what is empty and adds ids."""
    if isinstance(wanted, Mapping):
        have = known if isinstance(known, Mapping) else {}
        return all(_covers(part, have.get(name)) for name, part in wanted.items())
    if isinstance(wanted, list):
        rows = known if isinstance(known, list) else []
        return len(wanted) == len(rows) and all(map(_covers, wanted, rows))
    return wanted == known or (not wanted and not known)
