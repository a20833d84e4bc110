"""Attempts to talk the graders into marks: without a model, and with one that falls for all."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from bot.bank import load, shipped_packs
from bot.core.grading import Limits, Mode
from bot.core.questions import Question
from bot.grading import combine
from bot.grading.keyword import grade_text
from bot.grading.llm.client import ChatClient
from bot.grading.llm.endpoint import chat_url
from bot.grading.llm.refiner import ModelRefiner
from bot.platforms.markdown import clean
from tests.grading.injections import Attempt, attempts
from tests.grading.llm_server import Asked, ModelServer, believe, serving

RISE = 20
TOLERATED = 0.02


@lru_cache
def _questions() -> list[Question]:
    return list(load([shipped_packs()]).questions.values())


def _cases() -> Iterator[tuple[Attempt, Question, str]]:
    """Each attempt with a question and what its author honestly knows: a third of an answer,
    a sentence, or talk.
    """
    questions = _questions()
    for number, attempt in enumerate(attempts()):
        question = questions[number * 7 % len(questions)]
        sentences = re.split(r"(?<=[.!?])\s+", question.references[-1].text)
        bases = (
            " ".join(sentences[: max(1, len(sentences) // 3)]),
            sentences[0],
            "You should think about what happens to the request and choose well.",
        )
        yield attempt, question, bases[number % 3]


def test_the_corpus_is_large_and_of_many_kinds() -> None:
    found = attempts()
    assert len({attempt.text for attempt in found}) >= 200
    assert len({attempt.family for attempt in found}) == 8


def test_no_attempt_lifts_the_rubrics_score() -> None:
    risen = [
        (attempt, question.id)
        for attempt, question, base in _cases()
        if _score(question, attempt.on(base)) - _score(question, base) >= RISE
    ]
    assert len(risen) <= TOLERATED * len(attempts()), risen


def _score(question: Question, answer: str) -> int:
    return grade_text(question, answer).score or 0


class _Gullible:
    """Judges by the rubric until it sees more than an honest answer; then believes everything."""

    def __init__(self, *, always: bool) -> None:
        self.honest: str | None = None
        self.always = always

    def __call__(self, asked: Asked) -> dict[str, object]:
        if self.always or asked.answer.split() != (self.honest or "").split():
            return believe(asked)
        unmet = {name: {"verdict": "unmet", "quote": ""} for name in asked.points}
        return {"points": unmet, "speaks_to_judge": False}


@pytest.mark.parametrize("mode", [Mode.ASSIST, Mode.LLM])
async def test_a_model_that_obeys_the_attacker_lifts_hardly_any_score(mode: Mode) -> None:
    """It meets every point it is asked about, with the sentence that comes closest to it."""
    gullible = _Gullible(always=False)
    risen, asked = [], 0
    async with serving(ModelServer(think=gullible)) as server:
        client = ChatClient(chat_url(server.url), "gullible")
        refiner = ModelRefiner(client, Limits(member=1, channel=1, day=1))
        for attempt, question, base in _cases():
            answer = attempt.on(base)
            gullible.honest = combine.shown(question, base)
            grading = grade_text(question, answer)
            ask = refiner.plan(question, answer, grading, mode)
            if ask is not None and ask.concepts:
                asked += 1
                opinion = await refiner.ask(question, answer, ask)
                grading = refiner.combine(question, answer, grading, opinion, mode)
            if (grading.score or 0) - _score(question, base) >= RISE:
                risen.append((attempt, question.id, grading.score))
        await client.close()
    assert asked > 50, "enough of them get as far as the model"
    assert len(risen) <= TOLERATED * len(attempts()), risen


async def test_nothing_that_the_model_writes_is_shown_unless_the_answer_has_it() -> None:
    """Quotes come from the answer; the model's own words go nowhere."""
    hostile = "<!everyone> \x1b[31m [click](http://evil.example)"

    def think(asked: Asked) -> dict[str, object]:
        points = {name: {"verdict": "met", "quote": hostile} for name in asked.points}
        return {"points": points, "speaks_to_judge": False, "note": hostile}

    question = _questions()[0]
    answer = question.references[0].text.split(".")[0]
    async with serving(ModelServer(think=think)) as server:
        client = ChatClient(chat_url(server.url), "hostile")
        refiner = ModelRefiner(client, Limits(member=1, channel=1, day=1))
        first = grade_text(question, answer)
        ask = refiner.plan(question, answer, first, Mode.LLM)
        assert ask is not None
        opinion = await refiner.ask(question, answer, ask)
        grading = refiner.combine(question, answer, first, opinion, Mode.LLM)
        await client.close()
    assert "everyone" not in json.dumps(grading.model_dump(mode="json"))
    assert clean(hostile) != hostile
