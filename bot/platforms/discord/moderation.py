"""Appeals: a member disagrees, a moderator sees the case and rules, wherever each is told."""

from bot.core import appeals
from bot.core.commands import parse_decision
from bot.core.people import Channel
from bot.platforms.discord import forms, ids
from bot.platforms.discord.cases import ruled_button
from bot.platforms.discord.desk import Desk, Interaction
from bot.platforms.discord.permissions import check_moderator, managed
from bot.platforms.discord.render import render
from bot.platforms.discord.replies import ask, reply, sentence, settle
from bot.platforms.discord.translate import to_channel, to_member, typed

_RULED = "Your ruling is noted; the member gets a receipt with the reason."


class Moderation:
    """What buttons, forms and commands do about appeals."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ports = desk.ports

    async def disagree(self, interaction: Interaction, press: ids.Press) -> None:
        """Ask a member why."""
        await ask(interaction, forms.appeal_form(press.custom_id))

    async def appeal(self, interaction: Interaction, press: ids.Press) -> None:
        """Put a member's grading before the moderators."""
        member = to_member(interaction.user, press.argument(1))
        why = typed(interaction, forms.WHY)
        notice = await appeals.appeal(self._ports, member, press.number(0), why)
        self._desk.woken.set()
        await reply(interaction, render(notice)[0])

    async def show(self, interaction: Interaction) -> None:
        """Show a moderator what waits."""
        channel = managed(self._desk, interaction)
        for page in render(await appeals.queue(self._ports, channel)):
            await reply(interaction, page)

    async def decide(self, interaction: Interaction, press: ids.Press) -> None:
        """Ask a moderator how, and why."""
        await self._channel(interaction, press)
        await ask(interaction, forms.rule_form(press.custom_id, press.argument(2)))

    async def rule(self, interaction: Interaction, press: ids.Press) -> None:
        """Take the ruling of a form."""
        channel = await self._channel(interaction, press)
        ruling = parse_decision(typed(interaction, forms.DECISION), typed(interaction, forms.WHY))
        await self._rule(interaction, channel, press.number(2), ruling)
        await settle(interaction, ruled_button(press.custom_id), _RULED)

    async def rule_typed(
        self, interaction: Interaction, case: int, decision: str, reason: str
    ) -> None:
        """Take a ruling that was typed as a command."""
        channel = managed(self._desk, interaction)
        await self._rule(interaction, channel, case, parse_decision(decision, reason))
        await reply(interaction, sentence(_RULED))

    async def _rule(
        self, interaction: Interaction, channel: Channel, case: int, ruling: appeals.Ruling
    ) -> None:
        actor = str(interaction.user.id)
        await appeals.rule(self._ports, channel, case, ruling, actor)
        self._desk.woken.set()

    async def _channel(self, interaction: Interaction, press: ids.Press) -> Channel:
        """The channel of a case, which need not be where moderators are told of it."""
        channel = to_channel(press.argument(0), press.number(1))
        await check_moderator(self._desk, interaction, channel)
        return channel
