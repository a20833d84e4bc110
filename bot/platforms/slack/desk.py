"""What members ask for and get at once, whichever way they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core import answers, boards, quizzes, rounds
from bot.core.commands import parse_period
from bot.core.intents import Notice
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.records import EventKind, Incoming, Via
from bot.errors import UserError
from bot.platforms.slack.admin import Office
from bot.platforms.slack.blocks import Message
from bot.platforms.slack.render import quiz, render
from bot.platforms.slack.translate import MENTION_COMMANDS, is_ts

HELP: Final = (
    "Answer in the thread of the daily question, or with its Answer button. Mention me with"
    " leaderboard [today|week|month|season|all], progress, quiz [category or topic] [level],"
    " result, withdraw, quote on|off, forget me or challenge show; /quiz, /leaderboard, /progress"
    " and /challenge do the same outside of threads."
)

_Deed = Callable[[Channel, Member, str], Awaitable[list[Message]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Turns a word and what follows it into the messages that answer it."""

    ports: Ports
    office: Office
    woken: asyncio.Event

    async def answer(self, word: str, rest: str, channel: Channel, member: Member) -> list[Message]:
        """What one member gets to see.

        Raises:
            UserError: it cannot be done.
        """
        return await self._deeds()[word](channel, member, rest)

    def _deeds(self) -> Mapping[str, _Deed]:
        deeds: tuple[_Deed, ...] = (
            self._leaderboard,
            self._progress,
            self._quiz,
            self._result,
            self._withdraw,
            self._quote,
            self._forget,
            self._challenge,
            self._help,
        )
        return dict(zip(MENTION_COMMANDS, deeds, strict=True))

    async def _leaderboard(self, channel: Channel, member: Member, rest: str) -> list[Message]:
        period = parse_period(rest)
        return render(await boards.leaderboard(self.ports, channel, period, member))

    async def _progress(self, channel: Channel, member: Member, _rest: str) -> list[Message]:
        return render(await boards.progress(self.ports, channel, member))

    async def _quiz(self, _channel: Channel, member: Member, rest: str) -> list[Message]:
        return [quiz(await quizzes.start(self.ports, member, rest))]

    async def _result(self, channel: Channel, member: Member, rest: str) -> list[Message]:
        await answers.work_off(self.ports)
        round_id = int(rest) if rest.isdecimal() else None
        return render(await answers.my_result(self.ports, channel, member, round_id))

    async def _withdraw(self, channel: Channel, member: Member, _rest: str) -> list[Message]:
        await answers.work_off(self.ports)
        round_ = await rounds.current_round(self.ports, channel)
        store = self.ports.store.answers
        mine = await store.live_messages(round_.id, member) if round_ else []
        if round_ is None or not mine:
            raise UserError("You have no answer in an open round.")
        for message_id in dict.fromkeys(mine):
            deletion = Incoming(
                kind=EventKind.DELETE,
                channel=channel,
                member=member,
                message_id=message_id,
                sent_at=self.ports.clock.now(),
                via=Via.THREAD if is_ts(message_id) else Via.PRIVATE,
                round_id=round_.id,
                question_id=round_.question_id,
            )
            await answers.receive(self.ports, deletion)
        self.woken.set()
        return []

    async def _quote(self, _channel: Channel, member: Member, rest: str) -> list[Message]:
        if rest.lower() not in {"on", "off"}:
            raise UserError("Write quote on or quote off.")
        quotable = rest.lower() == "on"
        await self.ports.store.people.set_quotable(member, quotable=quotable)
        allowed = "may" if quotable else "may not"
        return render(Notice(text=f"Your answers {allowed} be shown at the close."))

    async def _forget(self, _channel: Channel, member: Member, rest: str) -> list[Message]:
        if rest.lower() != "me":
            raise UserError("Write forget me to remove your answers and scores for good.")
        await self.ports.store.people.forget(member)
        return render(Notice(text="Everything that you wrote and scored is gone."))

    async def _challenge(self, channel: Channel, member: Member, rest: str) -> list[Message]:
        shown = render(await self.office.obey(channel, member.id, rest))
        self.woken.set()
        return shown

    async def _help(self, _channel: Channel, _member: Member, _rest: str) -> list[Message]:
        return render(Notice(text=HELP))
