"""``/challenge``: what managers of a channel do to its challenge."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot.core import admin, rounds
from bot.core.challenges import AnswerMode
from bot.core.grading import Mode
from bot.core.intents import ChallengeShown
from bot.core.people import Channel
from bot.core.questions import Level
from bot.platforms.discord.choices import Choices, among, listed
from bot.platforms.discord.desk import Desk, Interaction
from bot.platforms.discord.moderation import Moderation
from bot.platforms.discord.permissions import check_appeals, check_own, managed
from bot.platforms.discord.render import render
from bot.platforms.discord.replies import guarded, reply, sentence

_MEANINGS: Final = {
    "time": "When the question is posted, such as 09:30",
    "zone": "The time zone of that time, such as Europe/Berlin",
    "weekdays": "Such as mon-fri, or mon,wed,fri, or daily",
    "holidays": "A country whose holidays are free, such as DE or DE-BY, or none",
    "days_off": "Dates without a question, such as 2026-12-24,2026-12-31",
    "categories": "Categories to ask about, separated by commas, or all",
    "levels": "junior, mid, senior; several separated by commas, or all",
    "answers": "Where members answer",
    "length": "How long a round is open, such as 8h or 90m",
    "ping": "The one role that each question mentions",
    "no_ping": "Mention nobody any more",
    "grader": "How much a language model has to say, if one is configured",
    "appeals": "The private channel where moderators are told of appeals",
    "appeals_to": "The member who is told of appeals in a direct message",
    "no_appeals": "Tell nobody any more; /challenge appeals still lists them",
}


class ChallengeCommands(app_commands.Group):
    """The commands; each checks anew that the member may use it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            name="challenge", description="The daily question of this channel", guild_only=True
        )
        self._desk = desk
        self._ports = desk.ports
        self._moderation = Moderation(desk)
        self._zones = sorted(available_timezones())

    @app_commands.command(description="Start the daily question here, or change how it is asked")
    @app_commands.describe(**_MEANINGS)
    async def setup(
        self,
        interaction: Interaction,
        time: str | None = None,
        zone: str | None = None,
        weekdays: str | None = None,
        holidays: str | None = None,
        days_off: str | None = None,
        categories: str | None = None,
        levels: str | None = None,
        answers: AnswerMode | None = None,
        length: str | None = None,
        ping: discord.Role | None = None,
        no_ping: bool = False,  # noqa: FBT001, FBT002 - the signature is the command's form
        grader: Mode | None = None,
        appeals: discord.TextChannel | None = None,
        appeals_to: discord.Member | None = None,
        no_appeals: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        """Set up the channel's challenge, or change the settings that are named."""
        texts = {
            "time": time,
            "zone": zone,
            "weekdays": weekdays,
            "holidays": holidays,
            "days-off": days_off,
            "categories": categories,
            "levels": levels,
            "answers": answers,
            "length": length,
            "ping": _chosen(ping, none=no_ping),
            "grader": grader,
            "appeals": _chosen(appeals or appeals_to, none=no_appeals),
        }
        given = {name: str(text) for name, text in texts.items() if text is not None}
        await guarded(interaction, self._set_up(interaction, given, ping, appeals))

    async def _set_up(
        self,
        interaction: Interaction,
        texts: Mapping[str, str],
        ping: discord.Role | None,
        appeals: discord.TextChannel | None,
    ) -> None:
        channel = managed(self._desk, interaction)
        check_own(interaction, ping)
        check_appeals(appeals)
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor = str(interaction.user.id)
        if await self._ports.store.challenges.of(channel) is None:
            await admin.create(self._ports, channel, {"zone": self._desk.zone, **texts}, actor)
        elif texts:
            await admin.change(self._ports, channel, texts, actor)
        await self._show(interaction, channel)

    @setup.autocomplete("zone")
    async def zones(self, _interaction: Interaction, current: str) -> Choices:
        """Time zones that hold what was typed so far."""
        return among(self._zones, current)

    @setup.autocomplete("categories")
    async def categories(self, _interaction: Interaction, current: str) -> Choices:
        """Categories to add to those that were typed."""
        return listed(self._ports.bank.categories(), current)

    @setup.autocomplete("levels")
    async def levels(self, _interaction: Interaction, current: str) -> Choices:
        """Levels to add to those that were typed."""
        return listed(list(Level), current)

    @app_commands.command(description="Show the settings here and the next round")
    async def show(self, interaction: Interaction) -> None:
        """Show the challenge."""
        await self._change(interaction, None)

    @app_commands.command(description="Stop posting until it is resumed")
    async def pause(self, interaction: Interaction) -> None:
        """Stop posting."""
        await self._change(interaction, lambda where, actor: self._pause(where, actor, on=True))

    @app_commands.command(description="Post again from the next scheduled time")
    async def resume(self, interaction: Interaction) -> None:
        """Post again."""
        await self._change(interaction, lambda where, actor: self._pause(where, actor, on=False))

    @app_commands.command(description="Replace the question that is open")
    async def skip(self, interaction: Interaction) -> None:
        """Replace the open question."""
        text = "Another question is on its way."
        await self._act(interaction, lambda where: rounds.skip(self._ports, where), text)

    @app_commands.command(name="post-now", description="Post today's question at once")
    async def post_now(self, interaction: Interaction) -> None:
        """Post today's question at once."""
        text = "Today's question is on its way."
        await self._act(interaction, lambda where: rounds.post_now(self._ports, where), text)

    @app_commands.command(name="close-now", description="End the open round at once")
    async def close_now(self, interaction: Interaction) -> None:
        """End the open round."""
        text = "The round is closed; the results are on their way."
        await self._act(interaction, lambda where: rounds.close_now(self._ports, where), text)

    @app_commands.command(description="End the daily question here; the standings stay")
    async def remove(self, interaction: Interaction) -> None:
        """End the challenge."""
        actor = str(interaction.user.id)
        text = "The challenge is removed; its rounds and standings stay."
        await self._act(interaction, lambda where: admin.remove(self._ports, where, actor), text)

    @app_commands.command(description="Show the appeals and reviews that wait for a moderator")
    async def appeals(self, interaction: Interaction) -> None:
        """Show what waits, each case with a button to rule on it."""
        await guarded(interaction, self._moderation.show(interaction))

    @app_commands.command(description="Decide an appeal; that is final")
    @app_commands.describe(
        case="The number of the case in /challenge appeals",
        decision="keep, or score=80, or POINT=met POINT=partial POINT=unmet",
        reason="Why; the member sees it",
    )
    async def rule(self, interaction: Interaction, case: int, decision: str, reason: str) -> None:
        """Rule on a case."""
        doing = self._moderation.rule_typed(interaction, case, decision, reason)
        await guarded(interaction, doing)

    async def _pause(self, where: Channel, actor: str, *, on: bool) -> None:
        await admin.pause(self._ports, where, actor, paused=on)

    async def _change(
        self,
        interaction: Interaction,
        doing: Callable[[Channel, str], Awaitable[None]] | None,
    ) -> None:
        """Do something to the settings, if anything, and show them."""

        async def work() -> None:
            channel = managed(self._desk, interaction)
            if doing is not None:
                await doing(channel, str(interaction.user.id))
            await self._show(interaction, channel)

        await guarded(interaction, work())

    async def _act(
        self, interaction: Interaction, doing: Callable[[Channel], Awaitable[None]], text: str
    ) -> None:
        """Do something to a round, and say so."""

        async def work() -> None:
            await doing(managed(self._desk, interaction))
            self._desk.woken.set()
            await reply(interaction, sentence(text))

        await guarded(interaction, work())

    async def _show(self, interaction: Interaction, channel: Channel) -> None:
        self._desk.woken.set()
        shown = _named(await admin.show(self._ports, channel), interaction.guild)
        await reply(interaction, render(shown, reads=self._desk.reads)[0])


def _chosen(choice: discord.abc.Snowflake | None, *, none: bool) -> str | None:
    return "none" if none else str(choice.id) if choice else None


def _named(shown: ChallengeShown, guild: discord.Guild | None) -> ChallengeShown:
    """With the name of the channel where appeals go; any other id is a member's."""
    chosen = shown.settings["appeals"]
    if guild is None or not chosen.isdecimal():
        return shown
    channel = guild.get_channel(int(chosen))
    name = f"#{channel.name}" if channel else f"direct messages to {chosen}"
    return shown.model_copy(update={"settings": {**shown.settings, "appeals": name}})
