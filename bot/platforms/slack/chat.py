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

from bot.core import answers, quizzes
from bot.core import rounds as round_cases
from bot.core.challenges import AnswerMode
from bot.core.intents import Card, Notice, QuestionPosted, Tone
from bot.core.people import Channel
from bot.core.ports import Ports
from bot.core.records import EventKind, Incoming, State, Thread, Via
from bot.errors import UserError
from bot.platforms.slack import home, modals, translate
from bot.platforms.slack.blocks import Message
from bot.platforms.slack.desk import Desk
from bot.platforms.slack.forms import TROUBLE, Forms, channel_of, place_of, user_of
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.posting import Place, ephemeral, tell
from bot.platforms.slack.render import (
    ANSWER,
    DISAGREE,
    QUIZ_ANSWER,
    QUIZ_HINT,
    QUIZ_NEXT,
    RESULT,
    RULE,
    STANDINGS,
    WITHDRAW,
    quiz,
    render,
)
from bot.platforms.slack.text import plain, with_ids
from bot.platforms.slack.translate import Said
from bot.platforms.slack.workspace import PLATFORM, Workspace, reason

COMMANDS: Final = ("/quiz", "/leaderboard", "/progress", "/challenge")
EVENTS: Final = ("message", "app_mention", "app_home_opened")
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
        forms = self._forms()
        actions = {
            ANSWER: self._answer_clicked,
            QUIZ_ANSWER: self._quiz_answer_clicked,
            QUIZ_HINT: self._hint_clicked,
            QUIZ_NEXT: self._next_clicked,
            RESULT: self._result_clicked,
            STANDINGS: self._standings_clicked,
            WITHDRAW: self._withdraw_clicked,
            DISAGREE: forms.appeal_wanted,
            RULE: forms.ruling_wanted,
            home.QUOTE: self._home_clicked,
            home.FORGET: self._home_clicked,
        }
        for action_id, action in actions.items():
            app.action(action_id)(self._acknowledged(action))
        app.view(modals.ANSWER_VIEW)(self._answer_sent)
        app.view(modals.CHALLENGE_VIEW)(forms.challenge_saved)
        app.view(modals.APPEAL_VIEW)(forms.appeal_made)
        app.view(modals.RULING_VIEW)(forms.ruling_made)
        app.error(self._failed)

    def _forms(self) -> Forms:
        return Forms(self.ports, self.workspace, self.desk.office, self.woken, self.soon)

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
            user, thread = str(event.get("user") or ""), str(event.get("thread_ts") or "")
            place = Place(channel.id, user, thread)
            self.soon(self._ask(asked.command, asked.rest, channel, place))

    async def _opened(self, event: _Body) -> None:
        if event.get("tab", "home") == "home":
            self.soon(home.publish(self.ports, self.workspace, str(event["user"])))

    async def _command(self, ack: AsyncAck, body: _Body) -> None:
        await ack()
        word = str(body["command"]).removeprefix("/")
        text = plain(with_ids(str(body.get("text") or ""))).strip()
        name = str(body.get("channel_name") or "")
        shown = "" if name in _NO_NAMES else name
        channel = self.workspace.channel(str(body["channel_id"]), shown)
        place = Place(channel.id, str(body["user_id"]), url=str(body.get("response_url") or ""))
        if word == "challenge" and not text:
            self.soon(self._guarded(self._forms().challenge_wanted(body, channel), place))
        else:
            self.soon(self._ask(word, text, channel, place))

    async def _ask(self, word: str, rest: str, channel: Channel, place: Place) -> None:
        await self._guarded(self._answer(word, rest, channel, place), place)

    async def _answer(self, word: str, rest: str, channel: Channel, place: Place) -> None:
        member = await self.workspace.member(place.user)
        await tell(self.workspace, place, await self.desk.answer(word, rest, channel, member))

    async def _guarded(self, doing: Awaitable[None], place: Place) -> None:
        """Do something for a member, and tell them if it cannot be done."""
        try:
            await doing
        except UserError as error:
            await self._say(place, str(error))
        except Exception as error:  # noqa: BLE001 - whatever failed, the member gets a sentence
            _log.warning("not answered", platform=PLATFORM, reason=reason(error))
            await self._say(place, TROUBLE)

    async def _say(self, place: Place, sentence: str) -> None:
        await tell(self.workspace, place, render(Notice(text=sentence, tone=Tone.SORRY)))

    def _acknowledged(
        self, action: Callable[[_Body, _Body, AsyncRespond], Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """A listener that acknowledges a click before it does what was asked for."""

        async def listener(
            ack: AsyncAck, body: _Body, payload: _Body, respond: AsyncRespond
        ) -> None:
            await ack()
            self.soon(self._guarded(action(body, payload, respond), place_of(body)))

        return listener

    async def _answer_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        round_id, question_id = json.loads(action["value"])
        posted = await self._open_question(channel_of(body), round_id, question_id)
        metadata = {"channel": channel_of(body), "round": round_id, "question": question_id}
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
        member = await self.workspace.member(user_of(body))
        posted = await quizzes.reopen(self.ports, member, int(action["value"]))
        metadata: dict[str, object] = {"channel": channel_of(body), "quiz": posted.quiz_id}
        await self._open_answer(body, posted.card, metadata)

    async def _hint_clicked(self, body: _Body, action: _Body, respond: AsyncRespond) -> None:
        quiz_id, hints = json.loads(action["value"])
        member = await self.workspace.member(user_of(body))
        posted = await quizzes.reopen(self.ports, member, quiz_id)
        await respond(ephemeral(quiz(posted, hints), replace=True))

    async def _next_clicked(self, body: _Body, _action: _Body, _respond: AsyncRespond) -> None:
        await self._clicked("quiz", "", body)

    async def _result_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        await self._clicked("result", str(action["value"]), body)

    async def _standings_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        await self._clicked("leaderboard", str(action["value"]), body)

    async def _withdraw_clicked(self, body: _Body, _action: _Body, _respond: AsyncRespond) -> None:
        await self._clicked("withdraw", "", body)

    async def _clicked(self, word: str, rest: str, body: _Body) -> None:
        channel = self.workspace.channel(channel_of(body))
        await self._answer(word, rest, channel, place_of(body))

    async def _home_clicked(self, body: _Body, action: _Body, _respond: AsyncRespond) -> None:
        member = await self.workspace.member(user_of(body))
        anywhere = self.workspace.channel("home")
        await self.desk.answer(action["action_id"], str(action["value"]), anywhere, member)
        await home.publish(self.ports, self.workspace, member.id)

    async def _answer_sent(self, ack: AsyncAck, body: _Body, view: _Body) -> None:
        """A modal's answer: stored first, then acknowledged, which closes the modal."""
        metadata = modals.metadata_of(view)
        incoming = Incoming(
            kind=EventKind.ANSWER,
            channel=self.workspace.channel(str(metadata["channel"])),
            member=await self.workspace.member(user_of(body)),
            message_id=str(view["id"]),
            sent_at=self.ports.clock.now(),
            text=modals.typed(view, "answer"),
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
