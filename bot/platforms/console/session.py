"""A console session: lines in, use cases, rendered intents out."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.core import admin, answers, appeals, boards, quizzes, refining, rounds
from bot.core.challenges import SETTING_NAMES, AnswerMode
from bot.core.commands import parse_period, parse_ruling, parse_settings
from bot.core.intents import Intent, Notice, QuestionPosted, QuizPosted, Receipt, Tone
from bot.core.people import Channel, Member
from bot.core.ports import Ports
from bot.core.records import Delivery, EventKind, Incoming, Via
from bot.core.scheduler import beat
from bot.errors import UserError
from bot.platforms.console import commands
from bot.platforms.console.clock import ShiftedClock
from bot.platforms.console.commands import COMMANDS, FINISH, Command
from bot.platforms.console.render import render
from bot.platforms.console.terminal import Terminal

PLATFORM: Final = "console"
WORKSPACE: Final = "local"
_CHANNEL: Final = Channel(platform=PLATFORM, workspace=WORKSPACE, id="general", name="general")
_HEARTBEAT_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.5
_MAX_NAME: Final = 40


def _member(name: str) -> Member:
    return Member(platform=PLATFORM, workspace=WORKSPACE, id=name.casefold(), name=name)


class Session:
    """One person at a terminal, who may speak as several members."""

    def __init__(self, ports: Ports, clock: ShiftedClock, terminal: Terminal, *, zone: str) -> None:
        self._ports = ports
        self._clock = clock
        self._terminal = terminal
        self._zone = zone
        self._speaker = _member("you")
        self._lines: list[str] = []
        self._quizzes: dict[str, QuizPosted] = {}
        self._hints: dict[int, int] = {}
        self._receipts: dict[str, int] = {}
        self._working = asyncio.Lock()
        self._running = True
        self._handlers: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "quiz": self._quiz,
            "hint": self._hint,
            "result": self._result,
            "appeal": self._appeal,
            "withdraw": self._withdraw,
            "leaderboard": self._leaderboard,
            "progress": self._progress,
            "as": self._speak_as,
            "skip": self._skip,
            "close": self._close,
            "tomorrow": self._tomorrow,
            "challenge": self._challenge,
            "quote": self._quote,
            "forget": self._forget,
            "help": self._help,
            "quit": self._quit,
        }

    async def run(self) -> None:
        """Talk until the input ends or somebody quits."""
        async with self._working:
            await self._start()
        background = [
            asyncio.create_task(self._keep_beating()),
            asyncio.create_task(self._keep_looking()),
        ]
        try:
            while self._running:
                line = await self._terminal.read(self._prompt())
                async with self._working:
                    await self._take(line)
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)

    def _prompt(self) -> str:
        return "... " if self._lines else f"{self._speaker.name}> "

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            async with self._working:
                await self._settle()

    async def _keep_looking(self) -> None:
        """Show the receipts of second looks when they come; nobody waits for them."""
        while True:
            if await refining.take_one(self._ports):
                async with self._working:
                    await self._settle()
            else:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _start(self) -> None:
        """Catch up with what happened meanwhile, and put today's question on the screen."""
        latest = await self._ports.store.rounds.latest_instant(_CHANNEL)
        if latest is not None:
            self._clock.advance_to(latest)
        if await self._ports.store.challenges.of(_CHANNEL) is None:
            texts = {"weekdays": "daily", "zone": self._zone}
            await admin.create(self._ports, _CHANNEL, texts, "console")
        reminder = await self._open_question()
        await self._settle()
        if await rounds.current_round(self._ports, _CHANNEL) is None:
            await self._attempt(rounds.post_now(self._ports, _CHANNEL))
        elif reminder is not None:
            self._show(reminder)
        await self._settle()
        self._say(
            f"Type your answer; a line with just {FINISH} sends it. /help lists the commands."
        )

    async def _open_question(self) -> QuestionPosted | None:
        """The question of an open round that was shown in an earlier session."""
        round_ = await rounds.current_round(self._ports, _CHANNEL)
        if round_ is None:
            return None
        return await rounds.posted(self._ports, round_)

    async def _settle(self) -> None:
        """Do what is due, then show what is to be said."""
        with self._terminal.busy():
            await beat(self._ports, PLATFORM)
            deliveries = await self._ports.store.messages.claim(PLATFORM, 0, 100)
        for delivery in deliveries:
            self._deliver(delivery)
            await self._ports.store.messages.sent(delivery.id, delivery.outgoing.marker)

    def _deliver(self, delivery: Delivery) -> None:
        intent, member = delivery.outgoing.intent, delivery.outgoing.member
        if isinstance(intent, Receipt) and member and intent.grading_id is not None:
            self._receipts[member.id] = intent.grading_id
        self._show(intent)

    async def _take(self, line: str | None) -> None:
        """Take one line: a command, a piece of an answer, or the end."""
        command = None if line is None else commands.parse(line.strip())
        if line is None or command is not None or line.strip() == FINISH:
            await self._attempt(self._send())
        if line is None:
            self._running = False
        elif command is not None:
            await self._obey(command)
        elif line.startswith("/") and not self._lines:
            self._sorry(f"There is no command {line.split()[0]}; /help lists those that there are.")
        elif line.strip() != FINISH and (line.strip() or self._lines):
            self._lines.append(line)

    async def _obey(self, command: Command) -> None:
        await self._attempt(self._handlers[command.name](command.rest))
        await self._settle()

    async def _attempt(self, doing: Awaitable[object]) -> None:
        try:
            await doing
        except UserError as error:
            self._sorry(str(error))

    async def _send(self) -> None:
        """Hand in what was typed so far."""
        text = "\n".join(self._lines).strip()
        self._lines.clear()
        if not text:
            return
        quiz = self._quizzes.pop(self._speaker.id, None)
        round_ = None if quiz else await rounds.current_round(self._ports, _CHANNEL)
        if quiz is None and round_ is None:
            self._sorry("No round is open now; /tomorrow opens the next, /quiz lets you practise.")
            return
        await self._receive(
            EventKind.ANSWER,
            uuid.uuid4().hex,
            text=text,
            round_id=round_.id if round_ else None,
            quiz_id=quiz.quiz_id if quiz else None,
        )

    async def _receive(
        self,
        kind: EventKind,
        message_id: str,
        *,
        text: str = "",
        round_id: int | None = None,
        quiz_id: int | None = None,
    ) -> None:
        challenge = await boards.challenge_of(self._ports, _CHANNEL)
        private = challenge.settings.answers is AnswerMode.PRIVATE
        incoming = Incoming(
            kind=kind,
            channel=_CHANNEL,
            member=self._speaker,
            message_id=message_id,
            sent_at=self._clock.now(),
            text=text,
            via=Via.PRIVATE if private else Via.THREAD,
            round_id=round_id,
            quiz_id=quiz_id,
        )
        await answers.receive(self._ports, incoming)
        await self._settle()

    async def _quiz(self, wish: str) -> None:
        quiz = await quizzes.start(self._ports, self._speaker, wish)
        self._quizzes[self._speaker.id] = quiz
        self._show(quiz)

    async def _hint(self, _rest: str) -> None:
        quiz = self._quizzes.get(self._speaker.id)
        if quiz is None:
            raise UserError("Hints belong to practice; /quiz asks a question.")
        given = self._hints.get(quiz.quiz_id, 0)
        if given == len(quiz.hints):
            raise UserError("That were all the hints for this question.")
        self._hints[quiz.quiz_id] = given + 1
        self._say(quiz.hints[given])

    async def _result(self, _rest: str) -> None:
        self._show(await answers.my_result(self._ports, _CHANNEL, self._speaker))

    async def _appeal(self, why: str) -> None:
        grading_id = self._receipts.get(self._speaker.id)
        if grading_id is None:
            latest = await answers.my_result(self._ports, _CHANNEL, self._speaker)
            grading_id = latest.grading_id
        if grading_id is None:
            raise UserError("A moderator decides or has decided on that answer; that is final.")
        self._show(await appeals.appeal(self._ports, self._speaker, grading_id, why))

    async def _withdraw(self, _rest: str) -> None:
        round_ = await rounds.current_round(self._ports, _CHANNEL)
        store = self._ports.store.answers
        mine = await store.live_messages(round_.id, self._speaker) if round_ else []
        if not mine:
            raise UserError("You have no answer in an open round.")
        for message_id in mine:
            await self._receive(EventKind.DELETE, message_id)

    async def _leaderboard(self, rest: str) -> None:
        period = parse_period(rest)
        self._show(await boards.leaderboard(self._ports, _CHANNEL, period, self._speaker))

    async def _progress(self, _rest: str) -> None:
        self._show(await boards.progress(self._ports, _CHANNEL, self._speaker))

    async def _speak_as(self, rest: str) -> None:
        name = " ".join(rest.split())
        if not name or len(name) > _MAX_NAME or not name.isprintable():
            raise UserError(f"Write /as NAME, with a name of at most {_MAX_NAME} characters.")
        self._speaker = _member(name)
        self._say(f"You speak as {name} now.")

    async def _skip(self, _rest: str) -> None:
        await rounds.skip(self._ports, _CHANNEL)

    async def _close(self, _rest: str) -> None:
        await rounds.close_now(self._ports, _CHANNEL)

    async def _tomorrow(self, _rest: str) -> None:
        shown = await admin.show(self._ports, _CHANNEL)
        if shown.next_round is None:
            raise UserError("No round is planned; /challenge show says why.")
        self._clock.advance_to(shown.next_round)

    async def _challenge(self, rest: str) -> None:
        action, _, settings = rest.partition(" ")
        if action in SETTING_NAMES and (settings or action != "appeals"):
            action, settings = "set", rest
        match action.lower():
            case "" | "show":
                self._show(await admin.show(self._ports, _CHANNEL))
                return
            case "appeals":
                self._show(await appeals.queue(self._ports, _CHANNEL))
                return
            case "rule":
                number, ruling = parse_ruling(settings)
                await appeals.rule(self._ports, _CHANNEL, number, ruling, self._speaker.id)
                return
            case "create" | "setup":
                texts = parse_settings(settings) if settings else {}
                await admin.create(
                    self._ports, _CHANNEL, {"zone": self._zone, **texts}, self._speaker.id
                )
            case "set":
                texts = parse_settings(settings)
                await admin.change(self._ports, _CHANNEL, texts, self._speaker.id)
            case "pause" | "resume":
                paused = action.lower() == "pause"
                await admin.pause(self._ports, _CHANNEL, self._speaker.id, paused=paused)
            case "remove":
                await admin.remove(self._ports, _CHANNEL, self._speaker.id)
                await self._settle()
                self._say(
                    "The challenge is removed; standings stay. /challenge create starts anew."
                )
                return
            case _:
                known = ", ".join(commands.CHALLENGE_ACTIONS)
                raise UserError(f"There is no /challenge {action}; there are {known}.")
        await self._settle()
        self._show(await admin.show(self._ports, _CHANNEL))

    async def _quote(self, rest: str) -> None:
        if rest.lower() not in {"on", "off"}:
            raise UserError("Write /quote on or /quote off.")
        quotable = rest.lower() == "on"
        await self._ports.store.people.set_quotable(self._speaker, quotable=quotable)
        self._say(f"Your answers may {'' if quotable else 'not '}be shown at the close.")

    async def _forget(self, rest: str) -> None:
        if rest.lower() != "me":
            raise UserError("Write /forget me to remove your answers and scores for good.")
        await self._ports.store.people.forget(self._speaker)
        self._quizzes.pop(self._speaker.id, None)
        self._say(f"Everything that {self._speaker.name} wrote and scored is gone.")

    async def _help(self, _rest: str) -> None:
        table = Table(box=None, show_header=False)
        table.add_column(style="cyan")
        table.add_column()
        table.add_row("any text", f"your answer; a line with just {FINISH} sends it")
        for usage, meaning in COMMANDS.values():
            table.add_row(Text(usage), meaning)
        self._print(table)

    async def _quit(self, _rest: str) -> None:
        self._running = False

    def _show(self, intent: Intent) -> None:
        self._print(render(intent, framed=self._terminal.framed))

    def _say(self, text: str) -> None:
        self._show(Notice(text=text))

    def _sorry(self, text: str) -> None:
        self._show(Notice(text=text, tone=Tone.SORRY))

    def _print(self, renderable: RenderableType) -> None:
        self._terminal.show(renderable)
