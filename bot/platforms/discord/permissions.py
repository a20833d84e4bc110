"""Who may change a challenge, and what the bot itself needs in a channel."""

from contextlib import suppress
from typing import Final

import discord

from bot.core.people import Channel
from bot.errors import UserError
from bot.platforms.discord.desk import Desk, Interaction
from bot.platforms.discord.translate import place

NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "manage_threads": "Manage Threads",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
"""Permission to the name that Discord shows for it."""

_NEEDED_TO_TELL: Final = (
    "view_channel",
    "send_messages",
    "embed_links",
    "read_message_history",
)

SCOPES: Final = ("bot", "applications.commands")


def invitation(application_id: str) -> str:
    """The link that adds the bot to a server with exactly what it needs."""
    permissions = discord.Permissions(**dict.fromkeys(NEEDED, True))
    scopes = "%20".join(SCOPES)
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&permissions={permissions.value}&scope={scopes}"
    )


def managed(desk: Desk, interaction: Interaction) -> Channel:
    """The channel of a command that only its managers may use.

    Raises:
        UserError: the member may not.
    """
    channel = place(interaction)
    if not _manages(desk, interaction.user, interaction.permissions):
        raise UserError(
            "Only members who may manage this channel change its challenge; ask one of them."
        )
    return channel


async def check_moderator(desk: Desk, interaction: Interaction, channel: Channel) -> None:
    """See that a member may decide on what was written in a channel, wherever they are now.

    Raises:
        UserError: they may not, or the channel is gone.
    """
    guild = interaction.client.get_guild(int(channel.workspace))
    where = guild.get_channel(int(channel.id)) if guild else None
    if guild is None or where is None:
        raise UserError("The channel of this case is gone, so nobody can rule on it any more.")
    member = interaction.user
    if not isinstance(member, discord.Member):
        # In a direct message Discord says nothing of the server's roles.
        with suppress(discord.NotFound):
            member = await guild.fetch_member(member.id)
    granted = discord.Permissions.none()
    if isinstance(member, discord.Member) and member.guild == guild:
        granted = where.permissions_for(member)
    if not _manages(desk, member, granted):
        raise UserError(f"Only members who may manage #{where.name} rule on its answers.")


def _manages(desk: Desk, user: discord.User | discord.Member, granted: discord.Permissions) -> bool:
    roles = {str(role.id) for role in getattr(user, "roles", ())}
    return granted.manage_channels or bool(roles & desk.admin_roles)


def lacking(granted: discord.Permissions) -> list[str]:
    """What the bot needs for a challenge and does not have, as Discord names it."""
    return [name for flag, name in NEEDED.items() if not getattr(granted, flag)]


def fault(channel: discord.abc.GuildChannel, me: discord.Member) -> str | None:
    """What keeps the bot from asking in a channel, and what to do about it."""
    missing = lacking(channel.permissions_for(me))
    if not missing:
        return None
    return (
        f"In #{channel.name} of {channel.guild.name} I still need {', '.join(missing)}. Add them"
        " to my role in the channel's settings under Permissions."
    )


def check_own(interaction: Interaction, ping: discord.Role | None) -> None:
    """See that the bot can do its work in the channel.

    Raises:
        UserError: names every permission that is missing.
    """
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel | discord.Thread):
        raise UserError("A challenge needs a text channel; run this in one.")
    granted = interaction.app_permissions
    missing = lacking(granted)
    if missing:
        raise UserError(
            f"In this channel I still need {', '.join(missing)}. Add them to my role in the"
            " channel's settings under Permissions, then run this again; nothing is changed yet."
        )
    if ping is not None:
        _check_ping(ping, granted)


def check_appeals(channel: discord.TextChannel | None) -> None:
    """See that a channel can be told of appeals, and that it is not for everybody to read.

    Raises:
        UserError: says what to change.
    """
    if channel is None:
        return
    granted = channel.permissions_for(channel.guild.me)
    missing = [NEEDED[flag] for flag in _NEEDED_TO_TELL if not getattr(granted, flag)]
    if missing:
        raise UserError(
            f"In #{channel.name} I still need {', '.join(missing)} to post appeals there; nothing"
            " is changed yet."
        )
    if channel.permissions_for(channel.guild.default_role).view_channel:
        raise UserError(
            f"Everybody can read #{channel.name}, and appeals show answers with their scores."
            " Choose a channel that only moderators see, or a member; nothing is changed yet."
        )


def _check_ping(ping: discord.Role, granted: discord.Permissions) -> None:
    if ping.is_default():
        raise UserError("I never ping everyone; make a role for those who want to be called.")
    if not ping.mentionable and not granted.mention_everyone:
        raise UserError(
            f"I may not ping {ping.name}: allow anyone to mention that role in the server's"
            " settings under Roles, then run this again; nothing is changed yet."
        )
