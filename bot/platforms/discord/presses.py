"""Buttons and forms, of old messages too: the id of each says all that it means."""

from collections.abc import Awaitable, Callable, Mapping

import discord

from bot.core import answers, boards, quizzes
from bot.core.challenges import AnswerMode
from bot.core.commands import parse_period
from bot.core.intents import QuizPosted
from bot.core.people import Channel
from bot.core.records import Incoming, Round, Thread
from bot.errors import UserError
from bot.platforms.discord import ids
from bot.platforms.discord.desk import Desk, Interaction
from bot.platforms.discord.forms import answer_form, quiz_form
from bot.platforms.discord.moderation import Moderation
from bot.platforms.discord.pages import Page
from bot.platforms.discord.render import render
from bot.platforms.discord.replies import ask, guarded, reply, sentence, turn
from bot.platforms.discord.translate import (
    asking,
    place,
    practice,
    pressed,
    submission,
    to_member,
    typed,
    way_in,
)


class Presses:
    """What buttons and forms do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ports = desk.ports
        moderation = Moderation(desk)
        self._buttons: Mapping[str, Callable[[Interaction, ids.Press], Awaitable[None]]] = {
            ids.ANSWER: self._answer,
            ids.RESULT: self._result,
            ids.BOARD: self._board,
            ids.QUIZ: self._quiz,
            ids.TRY: self._try,
            ids.HINT: self._hint,
            ids.FORGET: self._forget,
            ids.APPEAL: moderation.disagree,
            ids.RULE: moderation.decide,
        }
        self._forms: Mapping[str, Callable[[Interaction, ids.Press], Awaitable[None]]] = {
            ids.ANSWER: self._hand_in,
            ids.TRY: self._hand_in_practice,
            ids.APPEAL: moderation.appeal,
            ids.RULE: moderation.rule,
        }

    async def take(self, interaction: Interaction) -> None:
        """Act on a press of a button or on a form that was handed in."""
        handlers = {
            discord.InteractionType.component: self._buttons,
            discord.InteractionType.modal_submit: self._forms,
        }.get(interaction.type, {})
        if not handlers:
            return
        press = pressed(interaction)
        handler = handlers.get(press.action)
        if handler is not None:
            await guarded(interaction, handler(interaction, press))

    async def _answer(self, interaction: Interaction, press: ids.Press) -> None:
        await ask(interaction, answer_form(press.argument(0), press.argument(1)))

    async def _hand_in(self, interaction: Interaction, press: ids.Press) -> None:
        round_ = await self._round(interaction, press)
        challenge = await self._ports.store.challenges.of(round_.channel)
        mode = challenge.settings.answers if challenge else AnswerMode.BOTH
        thread = Thread(round=round_, question_id=press.argument(1), reference="")
        via = way_in(mode, reads=self._desk.reads)
        await self._receive(interaction, submission(interaction, thread, typed(interaction), via))

    async def _hand_in_practice(self, interaction: Interaction, press: ids.Press) -> None:
        member = asking(interaction)
        quiz_id = press.number(0)
        await quizzes.reopen(self._ports, member, quiz_id)
        quiz = await self._ports.store.quizzes.get(quiz_id)
        if quiz is not None:
            await self._receive(interaction, practice(interaction, quiz, typed(interaction)))

    async def _receive(self, interaction: Interaction, incoming: Incoming) -> None:
        """Store first, acknowledge then; the receipt comes through the interaction."""
        self._desk.asked.keep(incoming.message_id, interaction)
        try:
            await answers.receive(self._ports, incoming)
            await interaction.response.defer(ephemeral=True, thinking=True)
        except BaseException:
            self._desk.asked.drop(incoming.message_id)
            raise
        finally:
            self._desk.woken.set()

    async def _result(self, interaction: Interaction, press: ids.Press) -> None:
        round_ = await self._round(interaction, press)
        member = to_member(interaction.user, round_.channel.workspace)
        receipt = await answers.my_result(self._ports, round_.channel, member, round_.id)
        await reply(interaction, render(receipt, "again", server=member.workspace)[0])

    async def _board(self, interaction: Interaction, press: ids.Press) -> None:
        period, channel = parse_period(press.argument(0)), place(interaction)
        if press.argument(1) == "new":
            board = await boards.leaderboard(self._ports, channel, period, asking(interaction))
            await reply(interaction, render(board)[0])
            return
        board = await boards.leaderboard(self._ports, channel, period, offset=press.number(1))
        await turn(interaction, render(board)[0])

    async def _quiz(self, interaction: Interaction, press: ids.Press) -> None:
        await reply(interaction, await new_quiz(self._desk, interaction, press.argument(0)))

    async def _try(self, interaction: Interaction, press: ids.Press) -> None:
        posted = await self._reopen(interaction, press)
        await ask(interaction, quiz_form(posted, press.argument(1)))

    async def _hint(self, interaction: Interaction, press: ids.Press) -> None:
        posted = await self._reopen(interaction, press)
        hints = press.number(2)
        await turn(interaction, render(posted, hints=hints, wish=press.argument(1))[0])

    async def _reopen(self, interaction: Interaction, press: ids.Press) -> QuizPosted:
        return await quizzes.reopen(self._ports, asking(interaction), press.number(0))

    async def _forget(self, interaction: Interaction, _press: ids.Press) -> None:
        await self._ports.store.people.forget(asking(interaction))
        await reply(interaction, sentence("Everything that you wrote and scored is gone."))

    async def _round(self, interaction: Interaction, press: ids.Press) -> Round:
        """The round of a button; in a server only its own rounds."""
        round_ = await self._ports.store.rounds.get(press.number(0))
        if round_ is None or not _is_here(interaction, round_.channel):
            raise UserError("I do not know this round any more; the next one comes for sure.")
        return round_


async def new_quiz(desk: Desk, interaction: Interaction, wish: str) -> Page:
    """A practice question as its member sees it."""
    posted = await quizzes.start(desk.ports, asking(interaction), wish)
    return render(posted, wish=wish)[0]


def _is_here(interaction: Interaction, channel: Channel) -> bool:
    return interaction.guild_id is None or str(interaction.guild_id) == channel.workspace
