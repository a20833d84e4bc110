"""A refiner that says what a test tells it to, without a wire."""

import asyncio
from collections.abc import Mapping

from bot.core.grading import Ask, Grading, Judgement, Limits, Mode, Opinion
from bot.core.questions import Question
from bot.errors import ModelError
from bot.grading import combine

WIDE = Limits(member=10_000, channel=10_000, day=10_000)


class DummyRefiner:
    """Quotes what it is told to; costs what it is told to."""

    def __init__(self, quotes: Mapping[str, str] | None = None, limits: Limits = WIDE) -> None:
        self.quotes = dict(quotes or {})
        self.limits = limits
        self.error: ModelError | None = None
        self.injection = False
        self.asked: list[str] = []
        self.price = 100
        self.cost = 60
        self.gate: asyncio.Event | None = None
        self.called = asyncio.Event()

    def plan(self, question: Question, answer: str, grading: Grading, mode: Mode) -> Ask | None:
        concepts = combine.to_ask(question, answer, grading, mode)
        if concepts is None:
            return None
        key = f"{question.version}:{answer}:{concepts}"
        return Ask(key=key, concepts=concepts, tokens=self.price if concepts else 0)

    async def ask(self, question: Question, answer: str, ask: Ask) -> Opinion:  # noqa: ARG002 - the protocol's signature
        self.asked.append(answer)
        self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return Opinion(
            judgements=tuple(
                Judgement(
                    id=name,
                    verdict="met" if name in self.quotes else "unmet",
                    quote=self.quotes.get(name, ""),
                )
                for name in ask.concepts
            ),
            injection=self.injection,
            tokens=self.cost,
        )

    def combine(
        self, question: Question, answer: str, grading: Grading, opinion: Opinion, mode: Mode
    ) -> Grading:
        combined = combine.combined(question, answer, grading, opinion, mode)
        return combined.model_copy(update={"model": "dummy"})
