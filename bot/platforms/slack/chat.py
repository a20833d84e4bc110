"""What happens in one workspace: Slack's requests to use cases and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.error import BoltUnhandledRequestError

from bot.core import admin, answers, quizzes
from bot.core import rounds as round_cases
from bot.core.challenges import AnswerMode, ChallengeSettings
from bot.core.intents import Card, Notice, QuestionPosted, Tone
from bot.core.people import Channel
from bot.core.ports import EventKind, Incoming, Ports, State, Thread, Via
from bot.errors import UserError
from bot.platforms.slack import home, modals, translate
from bot.platforms.slack.blocks import Message
from bot.platforms.slack.desk import Desk
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.posting import ephemeral, whisper
from bot.platforms.slack.render import (
    ANSWER,
    QUIZ_ANSWER,
    QUIZ_HINT,
    QUIZ_NEXT,
    RESULT,
    STANDINGS,
    WITHDRAW,
    quiz,
    render,
)
from bot.platforms.slack.translate import Said
from bot.platforms.slack.workspace import PLATFORM, Workspace, reason

COMMANDS: Final = ("/quiz", "/leaderboard", "/progress", "/challenge")
EVENTS: Final = ("message", "app_mention", "app_home_opened")
_TROUBLE: Final = "Something went wrong on my side, and nothing was changed; please try again."
_SAVE_SECONDS: Final = 2.5
_NO_NAMES: Final = frozenset({"privategroup", "directmessage"})
"""What Slack says instead of the name of a channel that is not public."""

_log: Final = structlog.get_logger()

_Reply = Callable[[Message], Awaitable[None]]
_Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """Listens in one workspace.

    Whatever members hand in is stored before Slack gets its acknowledgement; what they ask for
    is acknowledged at once and answered as soon as it is known.
    """

    ports: Ports
    workspace: Workspace
    desk: Desk
    memory: Memory
    woken: asyncio.Event
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def listen(self, app: AsyncApp) -> None:
        """Tell bolt what to call."""
        for name, event in zip(EVENTS, (self._message, self._mention, self._opened), strict=True):
            app.event(name)(event)
        for command in COMMANDS:
            app.command(command)(self._command)
        actions = {
            ANSWER: self._answer_clicked,
            QUIZ_ANSWER: self._quiz_answer_clicked,
            QUIZ_HINT: self._hint_clicked,
            QUIZ_NEXT: self._next_clicked,
            RESULT: self._result_clicked,
            STANDINGS: self._standings_clicked,
            WITHDRAW: self._withdraw_clicked,
            home.QUOTE: self._home_clicked,
            home.FORGET: self._home_clicked,
        }
        for action_id, action in actions.items():
            app.action(action_id)(self._acknowledged(action))
        app.view(modals.ANSWER_VIEW)(self._answer_sent)
        app.view(modals.CHALLENGE_VIEW)(self._challenge_saved)
        app.error(self._failed)

    async def stop(self) -> None:
        """Drop the replies that are still being made."""
        for task in self._tasks:
            task.cancel()
        for task in tuple(self._tasks):
            with suppress(asyncio.CancelledError):
                await task

    async def store(self, said: Said, thread: Thread) -> bool:
        """Store what a member said in a question's thread; false if it was stored before."""
        incoming = Incoming(
            kind=said.kind,
            channel=thread.round.channel,
            member=await self.workspace.member(said.user),
            message_id=said.ts,
            sent_at=said.sent_at,
            version=said.version,
            text=said.text,
            round_id=thread.round.id,
            question_id=thread.question_id,
        )
        stored = await answers.receive(self.ports, incoming)
        if stored:
            self.woken.set()
        return stored

    async def _message(self, event: _Body) -> None:
        await self._heard(translate.said(event, self.workspace.bot_user_id))

    async def _heard(self, said: Said | None) -> None:
        if said is None:
            return
        channel = self.workspace.channel(said.channel)
        thread = await self.ports.store.rounds.thread(channel, said.thread)
        if thread is not None:
            await self.store(said, thread)

    async def _mention(self, event: _Body) -> None:
        """A mention may be a command; in a thread it may be an answer, with a message as twin."""
        bot_user_id, ts = self.workspace.bot_user_id, str(event.get("ts") or "")
        asked = translate.asked(str(event.get("text") or ""), bot_user_id)
        channel = self.workspace.channel(str(event.get("channel") or ""))
        if asked is None:
            await self._heard(translate.said(event, bot_user_id))
        elif self.memory.serve(f"mention:{channel.id}:{ts}"):
            user, thread = str(event.get("user") or ""), event.get("thread_ts")

            async def reply(message: Message) -> None:
                await whisper(self.workspace, channel.id, user, message, thread)

            self.soon(self._ask(asked.command, asked.rest, channel, user, reply))

    async def _opened(self, event: _Body) -> None:
        if event.get("tab", "home") == "home":
            self.soon(home.publish(self.ports, self.workspace, str(event["user"])))

    async def _command(self, ack: AsyncAck, body: _Body, respond: AsyncRespond) -> None:
        await ack()
        word, text = str(body["command"]).removeprefix("/"), str(body.get("text") or "").strip()
        name = str(body.get("channel_name") or "")
        shown = "" if name in _NO_NAMES else name
        channel = self.workspace.channel(str(body["channel_id"]), shown)
        reply = _to(respond)
        if word == "challenge" and not text:
            self.soon(self._guarded(self._open_challenge(body, channel), reply))
        else:
            self.soon(self._ask(word, text, channel, str(body["user_id"]), reply))

    async def _ask(self, word: str, rest: str, channel: Channel, user: str, reply: _Reply) -> None:
        async def answer() -> None:
            member = await self.workspace.member(user)
            for message in await self.desk.answer(word, rest, channel, member):
                await reply(message)

        await self._guarded(answer(), reply)

    async def _guarded(self, doing: Awaitable[None], reply: _Reply) -> None:
        """Do something for a member, and tell them if it cannot be done."""
        try:
            await doing
        except UserError as error:
            await _say(reply, str(error))
        except Exception as error:  # noqa: BLE001 - whatever failed, the member gets a sentence
            _log.warning("not answered", platform=PLATFORM, reason=reason(error))
            await _say(reply, _TROUBLE)

    def _acknowledged(
        self, action: Callable[[_Body, _Body, AsyncRespond], Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """A listener that acknowledges a click before it does what was asked for."""

        async def listener(
            ack: AsyncAck, body: _Body, payload: _Body, respond: AsyncRespond
        ) -> None:
            await ack()
            self.soon(self._guarded(action(body, payload, respond), _to(respond)))

        return listener

    async def _answer_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        round_id, question_id = json.loads(action["value"])
        posted = await self._open_question(_channel_id(body), round_id, question_id)
        metadata = {"channel": _channel_id(body), "round": round_id, "question": question_id}
        await self._open_answer(body, posted.card, metadata)

    async def _open_question(
        self, channel_id: str, round_id: int, question_id: str
    ) -> QuestionPosted:
        """The question of an open round of this channel, if it takes private answers.

        Raises:
            UserError: it does not, or no longer.
        """
        round_ = await self.ports.store.rounds.get(round_id)
        if round_ is None or round_.channel.key != self.workspace.channel(channel_id).key:
            raise UserError("I could not find the round of this button.")
        posted = await round_cases.posted(self.ports, round_)
        if posted is None or round_.state is not State.OPEN:
            raise UserError("This round is closed; /quiz has more to practise.")
        if posted.card.question_id != question_id:
            raise UserError("That question was replaced meanwhile; answer the new one to score.")
        if posted.answers is AnswerMode.THREAD:
            raise UserError("This challenge takes answers in the thread; post yours there.")
        return posted

    async def _open_answer(self, body: _Body, card: Card, metadata: dict[str, object]) -> None:
        url = {"url": str(body.get("response_url") or "")}
        view = modals.answer_modal(card, {**metadata, **url})
        await self.workspace.strict.views_open(trigger_id=body["trigger_id"], view=view)

    async def _quiz_answer_clicked(
        self, body: _Body, action: _Body, _respond: AsyncRespond
    ) -> None:
        member = await self.workspace.member(_user_id(body))
        posted = await quizzes.reopen(self.ports, member, int(action["value"]))
        metadata: dict[str, object] = {"channel": _channel_id(body), "quiz": posted.quiz_id}
        await self._open_answer(body, posted.card, metadata)

    async def _hint_clicked(self, body: _Body, action: _Body, respond: AsyncRespond) -> None:
        quiz_id, hints = json.loads(action["value"])
        member = await self.workspace.member(_user_id(body))
        posted = await quizzes.reopen(self.ports, member, quiz_id)
        await respond(ephemeral(quiz(posted, hints), replace=True))

    async def _next_clicked(self, body: _Body, _action: _Body, respond: AsyncRespond) -> None:
        await self._clicked("quiz", "", body, respond)

    async def _result_clicked(self, body: _Body, action: _Body, respond: AsyncRespond) -> None:
        await self._clicked("result", str(action["value"]), body, respond)

    async def _standings_clicked(self, body: _Body, action: _Body, respond: AsyncRespond) -> None:
        await self._clicked("leaderboard", str(action["value"]), body, respond)

    async def _withdraw_clicked(self, body: _Body, _action: _Body, respond: AsyncRespond) -> None:
        await self._clicked("withdraw", "", body, respond)

    async def _clicked(self, word: str, rest: str, body: _Body, respond: AsyncRespond) -> None:
        member = await self.workspace.member(_user_id(body))
        channel = self.workspace.channel(_channel_id(body))
        for message in await self.desk.answer(word, rest, channel, member):
            await respond(ephemeral(message))

    async def _home_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        member = await self.workspace.member(_user_id(body))
        anywhere = self.workspace.channel("home")
        await self.desk.answer(action["action_id"], str(action["value"]), anywhere, member)
        await home.publish(self.ports, self.workspace, member.id)

    async def _answer_sent(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """A modal's answer: stored first, then acknowledged, which closes the modal."""
        metadata = modals.metadata_of(view)
        incoming = Incoming(
            kind=EventKind.ANSWER,
            channel=self.workspace.channel(str(metadata["channel"])),
            member=await self.workspace.member(_user_id(body)),
            message_id=str(view["id"]),
            sent_at=self.ports.clock.now(),
            text=modals.answer_text(view),
            via=Via.PRIVATE,
            round_id=metadata.get("round"),
            quiz_id=metadata.get("quiz"),
            question_id=metadata.get("question"),
        )
        if metadata.get("url"):
            self.memory.keep_reply_url(incoming.message_id, str(metadata["url"]))
        await answers.receive(self.ports, incoming)
        self.woken.set()
        await ack()

    async def _open_challenge(self, body: _Body, channel: Channel) -> None:
        user = str(body["user_id"])
        await self.desk.office.check(channel, user)
        challenge = await self.ports.store.challenges.of(channel)
        if challenge is None:
            zone = await self.desk.office.zone_of(user)
            settings = ChallengeSettings().changed({"zone": zone})
        else:
            settings = challenge.settings
        metadata = {"channel": channel.id, "name": channel.name}
        view = modals.challenge_modal(settings, self.ports.bank.categories(), metadata)
        await self.workspace.strict.views_open(trigger_id=body["trigger_id"], view=view)

    async def _challenge_saved(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """Save the settings of a modal, or show beside an input what is wrong with it."""
        metadata, texts = modals.metadata_of(view), modals.challenge_texts(view)
        channel = self.workspace.channel(metadata["channel"], metadata.get("name") or "")
        user = _user_id(body)
        try:
            async with asyncio.timeout(_SAVE_SECONDS):
                await self.desk.office.check(channel, user)
            await self._save(channel, texts, user)
        except UserError as error:
            wrong = {modals.faulty_input(str(error), texts): str(error)}
            await ack(response_action="errors", errors=wrong)
            return
        except TimeoutError:
            await ack(response_action="errors", errors={"categories": _TROUBLE})
            return
        await ack()
        self.woken.set()
        self.soon(self._show_challenge(channel, user))

    async def _save(self, channel: Channel, texts: Mapping[str, str], user: str) -> None:
        if await self.ports.store.challenges.of(channel) is None:
            await admin.create(self.ports, channel, texts, user)
        else:
            await admin.change(self.ports, channel, texts, user)

    async def _show_challenge(self, channel: Channel, user: str) -> None:
        for message in render(await admin.show(self.ports, channel)):
            await whisper(self.workspace, channel.id, user, message, None)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Work on something beside what Slack waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.warning("no reply", platform=PLATFORM, reason=reason(task.exception()))

    async def _failed(self, error: Exception) -> BoltResponse:
        """Slack sends again what could not be stored; what nobody listens for is done with."""
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        _log.error("not stored", platform=PLATFORM, reason=reason(error))
        return BoltResponse(status=500, body="")


def _to(respond: AsyncRespond) -> _Reply:
    async def reply(message: Message) -> None:
        await respond(ephemeral(message))

    return reply


async def _say(reply: _Reply, sentence: str) -> None:
    for message in render(Notice(text=sentence, tone=Tone.SORRY)):
        await reply(message)


def _user_id(body: _Body) -> str:
    return str(body["user"]["id"])


def _channel_id(body: _Body) -> str:
    return str((body.get("channel") or {}).get("id") or "")
