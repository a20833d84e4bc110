"""The console's dialogue tables, said in Slack.

What only a terminal has (speaking as somebody else, moving the clock, typing line by line) is
done or left out; what Slack words in its own way is listed in ``OWN_WORDS``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.challenges import AnswerMode
from bot.storage.tables import inbox, outbox
from tests.platforms.dialogues import DIALOGUES, TYPED, Dialogue
from tests.platforms.slack.conftest import Bot, nth, shown
from tests.platforms.slack.server import Json

OWN_WORDS: Final[dict[str | tuple[str, str], str]] = {
    (".", "This channel has no challenge yet"): "This round closed at",
    "You speak as Ada now.": "",
    "You speak as Bob now.": "",
    "1  Bob": "1. Bob",
    "2  Ada": "2. Ada",
    "Challenge of #general": "The challenge of this channel",
    "Hints belong to practice": "",
    "Write /quote on or /quote off.": "Write quote on or quote off.",
    "Write /forget me": "Write forget me",
    "Everything that you wrote and scored is gone.": "Everything that you wrote and scored",
    "/quiz [category or topic] [level]": "quiz [category or topic] [level]",
    "a line with just . sends it": "Answer in the thread",
    "No round is open now; /tomorrow opens the next": "",
    "No round is planned; /challenge show says why.": "",
    "There is no command /unknown; /help lists": "",
    "Write /as NAME": "",
    "There is no /challenge dance; there are show, create": "There is no /challenge dance",
    "you": "",
    "Not right? /appeal puts it before the moderators.": "I disagree",
    ("/appeal", "You have no answer in this round."): "",
    ("/challenge appeals mods", "mods"): "I cannot post there",
}
"""What the console says, and what Slack says there; nothing where the thing does not exist."""

CHOSEN: Final = (
    "a round",
    "an open round hides what is missing",
    "practice",
    "an answer is taken back",
    "skipping",
    "settings",
    "private answers",
    "what is mistyped loses nothing",
    "being quoted, and being forgotten",
    "an appeal",
)


class Driver:
    """Says a table's lines in Slack, and gathers what the bot shows."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.slack = bot.slack
        self.user = "UYOU"
        self.lines: list[str] = []
        self.errors: list[str] = []
        self.quiz: Json | None = None
        self.disagreeing: Json | None = None
        self.slack.person("UYOU", "you")

    async def take(self, line: str) -> str:
        """What the bot shows after a line."""
        self.bot.world.clock.advance(seconds=10)
        word, _, rest = line.partition(" ")
        command = self._commands().get(word)
        if line == "." or command is not None:
            await self._send()
        if command is not None:
            await command(rest)
        elif line not in {"", "."} and (self.lines or not line.startswith("/")):
            self.lines.append(line)
        return await self.settled()

    async def settled(self) -> str:
        """Everything shown since the last look, when nothing is waiting any more."""
        while await self.bot.world.database.run(_waiting, write=False) or self._busy():
            await asyncio.sleep(0.01)
            self.bot.platform.woken.set()
        everything = [*self.slack.ephemerals, *self.slack.posts(), *self.slack.replies]
        fresh = [each for each in everything if not each.get("seen")]
        for each in fresh:
            each["seen"] = True
            if any("quiz_hint" in str(block) for block in each["blocks"]):
                self.quiz = each
            if any("I disagree" in str(block) for block in each["blocks"]):
                self.disagreeing = each
        errors, self.errors = self.errors, []
        return "\n".join([*(shown(each) for each in fresh), *errors]).replace("*", "")

    def _busy(self) -> bool:
        return any(chat._tasks for chat in self.bot.platform._chats.values())  # noqa: SLF001 - to wait for them

    async def _send(self) -> None:
        text, self.lines = "\n".join(self.lines), []
        challenge = await self.bot.world.store.challenges.of(self.bot.where())
        private = challenge is not None and challenge.settings.answers is AnswerMode.PRIVATE
        if text and self.quiz is not None:
            await self._by_modal(self.bot.button(self.quiz, "quiz_answer"), text)
            self.quiz = None
        elif text and private:
            await self._by_modal(self.bot.button(self.bot.question(), "answer"), text)
        elif text:
            await self.slack.say(self.user, text, self.bot.question()["ts"])

    async def _by_modal(self, button: Json, text: str) -> None:
        opened = len(self.slack.views)
        await self.slack.click(self.user, button)
        view = await nth(self.slack.views, opened + 1)
        await self.slack.submit(self.user, view, {"answer": {"value": text}})

    def _commands(self) -> dict[str, Callable[[str], Awaitable[object]]]:
        return {
            "/as": self._speak_as,
            "/appeal": self._appeal,
            "/close": lambda _: self._challenge("close-now"),
            "/skip": lambda _: self._challenge("skip"),
            "/challenge": self._challenge,
            "/hint": self._hint,
            "/leaderboard": lambda rest: self.slack.command(self.user, "/leaderboard", rest),
            "/progress": lambda rest: self.slack.command(self.user, "/progress", rest),
            "/quiz": lambda rest: self.slack.command(self.user, "/quiz", rest),
            **{
                f"/{word}": self._mentioning(word)
                for word in ("result", "withdraw", "quote", "forget", "help")
            },
        }

    async def _speak_as(self, name: str) -> None:
        self.user = f"U{name.upper()}"
        self.slack.person(self.user, name.capitalize())

    async def _challenge(self, rest: str) -> None:
        await self.slack.command("UADA", "/challenge", rest or "show")

    async def _appeal(self, why: str) -> None:
        if self.disagreeing is None:
            return
        opened, receipt = len(self.slack.views), self.disagreeing
        await self.slack.click(self.user, self.bot.button(receipt, "disagree"), message=receipt)
        view = await nth(self.slack.views, opened + 1)
        answer = await self.slack.submit(self.user, view, {"why": {"value": why}})
        self.errors += list(answer.get("errors", {}).values())

    async def _hint(self, _rest: str) -> None:
        if self.quiz is not None:
            await self.slack.click(self.user, self.bot.button(self.quiz, "quiz_hint"))

    def _mentioning(self, word: str) -> Callable[[str], Awaitable[object]]:
        async def mention(rest: str) -> None:
            thread = self.bot.question()["ts"]
            await self.slack.say(self.user, f"<@UBOT> {word} {rest}", thread)

        return mention


async def _waiting(connection: AsyncConnection) -> bool:
    unsent = sa.select(outbox.c.id).where(outbox.c.sent_at.is_(None), outbox.c.failure.is_(None))
    ungraded = sa.select(inbox.c.id).where(inbox.c.handled_at.is_(None))
    rows = await connection.execute(unsent.union(ungraded))
    return rows.first() is not None


@pytest.mark.parametrize("name", CHOSEN)
async def test_dialogue(socket_bot: Bot, name: str) -> None:
    dialogue: Dialogue = {**DIALOGUES, **TYPED}[name]
    await socket_bot.challenge(weekdays="daily")
    driver = Driver(socket_bot)
    before = await driver.settled()
    for number, (line, expected) in enumerate(dialogue):
        reply = before if not line and not number else await driver.take(line)
        at = 0
        for piece in expected:
            wanted = OWN_WORDS.get((line, piece), OWN_WORDS.get(piece, piece))
            found = reply.find(wanted, at)
            assert found >= 0, f"after {line!r} there is no {wanted!r} in:\n{reply}"
            at = found
