"""The console over a pipe, driven by the dialogue tables."""

import asyncio
import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import RenderableType

from bot.core import rounds
from bot.platforms.console import session
from bot.platforms.console.clock import ShiftedClock
from bot.platforms.console.terminal import PipeTerminal
from bot.storage.database import Database
from tests.conftest import World
from tests.core.dummies import DummyRefiner
from tests.platforms.dialogues import DIALOGUES, TYPED, Dialogue
from tests.samples import CHANNEL


class _Marking(PipeTerminal):
    """Notes how much had been written when each line was read."""

    def __init__(self, lines: list[str], out: io.StringIO) -> None:
        super().__init__(io.StringIO("".join(f"{line}\n" for line in lines)), out)
        self._written = out
        self.marks: list[int] = []

    async def read(self, prompt: str) -> str | None:
        self.marks.append(self._written.tell())
        return await super().read(prompt)


async def play(world: World, lines: list[str]) -> list[str]:
    """What was written before the first line, and after each."""
    out, clock = io.StringIO(), ShiftedClock()
    terminal = _Marking(lines, out)
    ports = replace(world.ports, clock=clock)
    await session.Session(ports, clock, terminal, zone="UTC").run()
    text = out.getvalue()
    return [text[start:end] for start, end in pairwise([0, *terminal.marks, len(text)])]


ALL = {**DIALOGUES, **TYPED}


@pytest.mark.parametrize("dialogue", ALL.values(), ids=ALL.keys())
async def test_dialogue(world: World, dialogue: Dialogue) -> None:
    opening, *replies = await play(world, [line for line, _ in dialogue])
    for number, (line, expected) in enumerate(dialogue):
        reply = replies[number] if line or number else opening
        at = 0
        for piece in expected:
            found = reply.find(piece, at)
            assert found >= 0, f"after {line!r} there is no {piece!r} in:\n{reply}"
            at = found


async def test_leaving_reads_no_further(world: World) -> None:
    assert len(await play(world, ["/quit", "/help"])) == 2


async def test_an_answer_without_an_end_is_sent_when_the_input_ends(world: World) -> None:
    replies = await play(world, ["A lemon tastes sour."])
    assert "Score" in replies[-1]


async def test_output_for_a_pipe_has_no_control_codes(world: World) -> None:
    hostile = "\x1b[31mred\x1b[0m \x07 \u202eevil \x9b2J [bold]A lemon tastes sour[/bold]"
    replies = await play(world, [hostile, "/close", "/as \x1b[2Jx", "/challenge", "/progress"])
    written = "".join(replies).replace(hostile, "")
    assert not [char for char in written if ord(char) < 32 and char != "\n"]
    assert "\u202e" not in written.replace("/as", "")


async def test_a_second_session_goes_on_where_the_first_ended(world: World) -> None:
    await play(world, ["/as Ada", "A lemon tastes sour."])
    replies = await play(world, ["/as Ada", "/result", "/tomorrow"])
    assert "Question of" in replies[0], "the open question is shown again"
    assert "Answer 1: Score" in replies[2]
    third = await play(world, ["/leaderboard all"])
    assert "Ada" in third[1], "the clock that was moved stays moved"


async def test_a_closed_day_says_so_and_offers_practice(world: World) -> None:
    await play(world, ["/close"])
    replies = await play(world, [])
    assert "Today's round is over; there is one a day. /quiz has more" in replies[0]


class _Patient(PipeTerminal):
    """Moves the clock to the round's end and types nothing until the round has closed."""

    def __init__(self, world: World, clock: ShiftedClock, out: io.StringIO) -> None:
        super().__init__(io.StringIO(), out)
        self._world = world
        self._clock = clock
        self._written = out
        self._closed = asyncio.Event()

    async def read(self, prompt: str) -> str | None:
        round_ = await rounds.current_round(self._world.ports, CHANNEL)
        assert round_ is not None
        assert round_.closes_at is not None
        self._clock.advance_to(round_.closes_at)
        async with asyncio.timeout(10):
            await self._closed.wait()
        return await super().read(prompt)

    def show(self, renderable: RenderableType) -> None:
        super().show(renderable)
        if "closed ==" in self._written.getvalue():
            self._closed.set()


async def test_what_is_due_happens_while_nobody_types(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_HEARTBEAT_SECONDS", 0.01)
    out, clock = io.StringIO(), ShiftedClock()
    ports = replace(world.ports, clock=clock)
    await session.Session(ports, clock, _Patient(world, clock, out), zone="UTC").run()
    assert "closed ==" in out.getvalue()


class _Expecting(PipeTerminal):
    """Types the next line only when what it waits for is on the screen."""

    def __init__(self, lines: dict[str, str], out: io.StringIO) -> None:
        super().__init__(io.StringIO("".join(f"{line}\n" for line in lines)), out)
        self._waits = [*lines.values(), ""]
        self._written = out
        self._shown = asyncio.Event()

    async def read(self, prompt: str) -> str | None:
        wanted = self._waits.pop(0)
        async with asyncio.timeout(10):
            while wanted not in self._written.getvalue():
                self._shown.clear()
                await self._shown.wait()
        return await super().read(prompt)

    def show(self, renderable: RenderableType) -> None:
        super().show(renderable)
        self._shown.set()


async def test_a_second_look_appears_while_nobody_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_LOOK_SECONDS", 0.01)
    out, clock = io.StringIO(), ShiftedClock()
    refiner = DummyRefiner({"pepper": "Shrubs are the plants where peppercorns grow"})
    ports = replace(world.ports, clock=clock, refiner=refiner)
    lines = {
        "A lemon tastes sour. A melon tastes sweet. Salt comes from the sea. Shrubs are the"
        " plants where peppercorns grow.": "",
        ".": "",
        "/leaderboard": "The language model judged 1 of 4 points",
    }
    await session.Session(ports, clock, _Expecting(lines, out), zone="UTC").run()
    text = out.getvalue()
    assert text.index("takes a second look") < text.index("(read by the language model)")
    assert text.index("(read by the language model)") < text.index("Nobody is on the board")


async def test_two_sessions_share_a_file(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    await database.upgrade()
    await play(World(database), ["A lemon tastes sour.", "/close"])
    await database.close()
    again = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    replies = await play(World(again), ["/leaderboard all"])
    await again.close()
    assert "you" in replies[1]
