"""The dialogues that hold on every platform, spoken by members of a simulated server."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.core import admin
from bot.core.outbox import deliver
from bot.core.ports import Ports
from bot.core.scheduler import beat
from bot.platforms.discord.client import Connection
from bot.platforms.discord.desk import PLATFORM, Desk
from bot.platforms.discord.translate import to_channel
from tests.conftest import World
from tests.platforms.dialogues import DIALOGUES, TYPED, Dialogue

HERE = {**DIALOGUES, "an appeal": TYPED["an appeal"]}
"""What people do in Discord: there is a button to appeal and a form to rule."""

BY_HAND = {"Not right? /appeal", "Write a ruling as NUMBER", "/challenge rule NUMBER"}
"""How pieces begin that tell what to type."""

MANAGER = discord.Permissions(
    manage_channels=True, view_channel=True, send_messages=True, use_application_commands=True
)


class VirtualClock:
    """The simulation's time."""

    def __init__(self) -> None:
        self.env: simcord.Env | None = None

    def now(self) -> datetime:
        assert self.env is not None
        return self.env.now()


def plain(text: str) -> str:
    """Without case, markup and spacing."""
    return re.sub(r"[\s*_>|\\]+", " ", text).casefold()


def shown(message: Any) -> str:  # noqa: ANN401 - simcord's messages and discord.py's
    texts = [message.content]
    for embed in message.embeds:
        texts += [embed.author.name or "", embed.title or "", embed.description or ""]
        texts += [f"{field.name} {field.value}" for field in embed.fields]
        texts.append(embed.footer.text or "")
    return "\n".join(texts)


class Room:
    """A server with one channel; lines that are typed are done as people would in Discord."""

    def __init__(self, env: simcord.Env, ports: Ports, connection: Connection) -> None:
        self.env = env
        self.ports = ports
        self.connection = connection
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("general")
        self.roles = [self.guild.create_role("Managers", permissions=MANAGER)]
        self.members: dict[str, MemberActor] = {}
        self.speaker = self.member("you")
        self.written: list[discord.Message] = []
        self.draft: list[str] = []
        self.quiz: InteractionResult | None = None
        self.seen: set[int] = set()

    def member(self, name: str) -> MemberActor:
        key = name.casefold()
        if key not in self.members:
            user = self.env.create_user(key, global_name=name)
            self.members[key] = self.guild.add_member(user, roles=self.roles)
        return self.members[key]

    async def settle(self) -> str:
        """Let the bot do what is due; everything new that it said, wherever it did."""
        with self.env.time_context():
            for _ in range(3):
                await beat(self.ports, PLATFORM)
                assert await deliver(self.ports, PLATFORM, self.connection.posting) == []
        await self.env.settle()
        return "\n".join(self.news())

    def news(self) -> list[str]:
        places = [self.channel, *self.channel.threads]
        inboxes = [each.user.dm_channel for each in self.members.values()]
        said = [each for place in [*inboxes, *places] for each in place.history()]
        news = [each for each in said if each.author.bot and each.id not in self.seen]
        self.seen.update(each.id for each in news)
        return [shown(each) for each in sorted(news, key=lambda each: each.id)]

    @property
    def post(self) -> discord.Message:
        return [each for each in self.channel.history() if each.components][-1]

    async def say(self, line: str) -> str:
        """One line of a dialogue; what the bot says because of it."""
        if not line:
            return ""
        if not line.startswith("/") and line != ".":
            self.draft.append(line)
            return ""
        sent = await self.send()
        if line == ".":
            return sent
        name, _, rest = line[1:].partition(" ")
        done = await getattr(self, f"do_{name}")(rest)
        return "\n".join([sent, await self.settle(), done])

    async def send(self) -> str:
        text, self.draft = "\n".join(self.draft), []
        if not text:
            return ""
        if self.quiz is not None:
            quiz, self.quiz = self.quiz, None
            assert quiz.response is not None
            return await self.hand_in(quiz.response, text)
        challenge = await self.ports.store.challenges.of(self.where)
        if challenge is not None and challenge.settings.answers.value == "private":
            return await self.hand_in(self.post, text)
        self.written.append(await self.speaker.send(self.channel.threads[-1], text))
        return await self.settle()

    async def hand_in(self, message: Any, text: str) -> str:  # noqa: ANN401
        opened = await self.speaker.click(message, label="Answer")
        done = await self.speaker.submit_modal(opened, {"text": text})
        said = await self.settle()
        assert done.response is not None
        return f"{said}\n{shown(done.response)}"

    @property
    def where(self) -> Any:  # noqa: ANN401
        return to_channel(str(self.guild.id), self.channel.id, "general")

    async def slash(self, command: str, **options: Any) -> str:  # noqa: ANN401
        done = await self.speaker.slash(self.channel, command, **options)
        if command == "quiz":
            self.quiz = done
        assert done.response is not None
        return shown(done.response)

    async def do_as(self, rest: str) -> str:
        self.speaker = self.member(rest)
        return f"You speak as {rest} now."

    async def do_leaderboard(self, rest: str) -> str:
        return await self.slash("leaderboard", **({"period": rest} if rest else {}))

    async def do_close(self, _rest: str) -> str:
        await self.env.advance_time(60)
        return await self.slash("challenge close-now")

    async def do_skip(self, _rest: str) -> str:
        return await self.slash("challenge skip")

    async def do_result(self, _rest: str) -> str:
        done = await self.speaker.click(self.post, label="My result")
        assert done.response is not None
        return shown(done.response)

    async def do_progress(self, _rest: str) -> str:
        return await self.slash("progress")

    async def do_quiz(self, rest: str) -> str:
        option = "level" if rest in {"junior", "mid", "senior"} else "category"
        return await self.slash("quiz", **{option: rest})

    async def do_hint(self, _rest: str) -> str:
        assert self.quiz is not None
        assert self.quiz.response is not None
        await self.speaker.click(self.quiz.response, label="Hint")
        return shown(self.quiz.response)

    async def do_withdraw(self, _rest: str) -> str:
        await self.speaker.delete(self.written.pop())
        return ""

    async def do_tomorrow(self, _rest: str) -> str:
        following = (await admin.show(self.ports, self.where)).next_round
        assert following is not None
        await self.env.advance_time((following - self.env.now()).total_seconds())
        return ""

    async def do_challenge(self, rest: str) -> str:
        action, _, texts = rest.partition(" ")
        if action == "rule":
            return await self.rule(texts)
        if action == "appeals" and texts:
            seen = discord.PermissionOverwrite(view_channel=True)
            assert self.connection.user is not None
            hidden: dict[Any, discord.PermissionOverwrite] = {
                self.guild.default_role: discord.PermissionOverwrite(view_channel=False),
                self.roles[0]: seen,
                self.connection.user: seen,
            }
            channel = self.guild.create_text_channel(texts, overwrites=hidden)
            return await self.slash("challenge setup", appeals=channel)
        if action not in {"set", "setup"}:
            return await self.slash(f"challenge {action or 'show'}")
        words = texts.split() if "=" in texts else ["=".join(texts.split())]
        options = dict(word.split("=") for word in words)
        return await self.slash("challenge setup", **options)

    async def rule(self, texts: str) -> str:
        typed = re.fullmatch(r"(\d+) (keep|(?:\S+=\S+ ?)+) (.+)", texts)
        if typed is None:
            return ""
        number, decision, reason = typed.groups()
        done = await self.slash(
            "challenge rule", case=int(number), decision=decision, reason=reason
        )
        return f"{done}\n{await self.settle()}"

    async def do_appeal(self, why: str) -> str:
        """Press the button on the first receipt, or see that there is none."""
        inbox = self.speaker.user.dm_channel.history()
        mine = [each for each in inbox if each.author.bot and each.components]
        if not mine:
            return await self.do_result("")
        opened = await self.speaker.user.click(mine[0], label="I disagree")
        done = await self.speaker.user.submit_modal(opened, {"why": why})
        assert done.response is not None
        return shown(done.response)

    async def do_quote(self, rest: str) -> str:
        return await self.slash("quote", choice=rest)

    async def do_forget(self, _rest: str) -> str:
        asked = await self.speaker.slash(self.channel, "forget-me")
        assert asked.response is not None
        done = await self.speaker.click(asked.response, label="Forget me")
        assert done.response is not None
        return shown(done.response)


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    clock = VirtualClock()
    ports = replace(world.ports, clock=clock)
    connection = Connection(Desk(ports), shard_count=1, ready_after=0.0)
    clock.env = simcord.Env(connection)
    await clock.env.start()
    yield Room(clock.env, ports, connection)
    await clock.env.shutdown()
    clock.env.raise_errors()


@pytest.mark.parametrize("dialogue", HERE.values(), ids=HERE.keys())
async def test_dialogue(room: Room, dialogue: Dialogue) -> None:
    await room.slash("challenge setup", weekdays="daily")
    await room.slash("challenge post-now")
    opening = await room.settle()
    for number, (line, expected) in enumerate(dialogue):
        reply = plain(await room.say(line) if line or number else opening)
        at = 0
        for piece in expected:
            if piece.startswith(tuple(BY_HAND)):
                continue
            found = reply.find(plain(piece), at)
            assert found >= 0, f"after {line!r} there is no {piece!r} in:\n{reply}"
            at = found
