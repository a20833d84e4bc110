"""The commands that every member has."""

from typing import Any, Final, Literal

import discord
from discord import app_commands

from bot.core import boards
from bot.core.questions import Level
from bot.core.standings import Period
from bot.platforms.discord.choices import Choices, among
from bot.platforms.discord.desk import Desk, Interaction
from bot.platforms.discord.presses import new_quiz
from bot.platforms.discord.render import forget_page, render
from bot.platforms.discord.replies import guarded, reply, sentence
from bot.platforms.discord.translate import asking, place

_WISH: Final = 60


class MemberCommands:
    """What members ask of the bot, beside answering."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ports = desk.ports

    def add_to(self, tree: app_commands.CommandTree[discord.AutoShardedClient]) -> None:
        """Make the commands known."""
        quiz: app_commands.Command[Any, ..., None] = app_commands.Command(
            name="quiz", description="A practice question, just for you", callback=self.quiz
        )
        quiz.autocomplete("category")(self._categories)
        tree.add_command(quiz)
        for name, meaning, callback in (
            ("leaderboard", "Who is ahead in this channel", self.leaderboard),
            ("progress", "Your own rounds, streak and strong points", self.progress),
            ("quote", "Whether your answers may be shown when a round closes", self.quote),
            ("forget-me", "Remove your answers and scores for good", self.forget_me),
        ):
            tree.add_command(
                app_commands.Command(name=name, description=meaning, callback=callback)
            )

    async def _categories(self, _interaction: Interaction, current: str) -> Choices:
        return among(self._ports.bank.categories(), current)

    @app_commands.describe(category="What to ask about", level="How hard")
    async def quiz(
        self, interaction: Interaction, category: str = "", level: Level | None = None
    ) -> None:
        """Give a practice question."""
        words = f"{category} {level.value if level else ''}".replace(":", " ").split()

        async def work() -> None:
            wish = " ".join(words)[:_WISH]
            await reply(interaction, await new_quiz(self._desk, interaction, wish))

        await guarded(interaction, work())

    @app_commands.describe(period="What the leaderboard covers; the season if you choose none")
    async def leaderboard(self, interaction: Interaction, period: Period = Period.SEASON) -> None:
        """Show the standings, for all to see."""

        async def work() -> None:
            board = await boards.leaderboard(self._ports, place(interaction), period)
            await reply(interaction, render(board)[0], ephemeral=False)

        await guarded(interaction, work())

    async def progress(self, interaction: Interaction) -> None:
        """Show a member their own record."""

        async def work() -> None:
            channel, member = place(interaction), asking(interaction)
            await reply(interaction, render(await boards.progress(self._ports, channel, member))[0])

        await guarded(interaction, work())

    @app_commands.describe(choice="on: the best answers may show yours; off: never")
    async def quote(self, interaction: Interaction, choice: Literal["on", "off"]) -> None:
        """Let a member's answers be shown, or not."""

        async def work() -> None:
            quotable = choice == "on"
            await self._ports.store.people.set_quotable(asking(interaction), quotable=quotable)
            text = f"Your answers may {'' if quotable else 'not '}be shown at the close."
            await reply(interaction, sentence(text))

        await guarded(interaction, work())

    async def forget_me(self, interaction: Interaction) -> None:
        """Ask before everything of a member is removed."""
        await guarded(interaction, reply(interaction, forget_page()))
