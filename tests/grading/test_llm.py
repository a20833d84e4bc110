"""The wire: servers that do not behave alike, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from bot.core.grading import Ask, Grading, Judge, Limits, Mode, Opinion
from bot.errors import BadReplyError, ConfigError, ModelError, NoReplyError
from bot.grading.keyword import grade_text
from bot.grading.llm import client as wire
from bot.grading.llm.breaker import FAILURES, REST_SECONDS, Breaker
from bot.grading.llm.client import ChatClient
from bot.grading.llm.endpoint import chat_url
from bot.grading.llm.refiner import ModelRefiner
from tests.grading.llm_server import (
    Fault,
    ModelServer,
    believe,
    completion,
    drip,
    flood,
    hang,
    hang_up,
    refuses,
    says,
    serving,
    status,
    wraps,
)
from tests.samples import FULL, HALF, make_question

QUESTION = make_question()
KEY = "sk-a-secret"


class Wired:
    """A refiner whose model is the scripted server; waits are noted, not waited."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.waits: list[float] = []
        self.now = 0.0
        self.timeout = 5.0
        self.concurrency = 4
        self._client: ChatClient | None = None

    @property
    def refiner(self) -> ModelRefiner:
        if self._client is None:
            self._client = ChatClient(
                chat_url(self.server.url),
                "test-model",
                SecretStr(KEY),
                timeout=self.timeout,
                concurrency=self.concurrency,
                breaker=Breaker(lambda: self.now),
                sleep=self._sleep,
            )
        return ModelRefiner(self._client, Limits(member=1, channel=1, day=1))

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def ask(self, answer: str = HALF, mode: Mode = Mode.LLM) -> Opinion:
        refiner = self.refiner
        ask = self.plan(answer, mode)
        return await refiner.ask(QUESTION, answer, ask)

    def plan(self, answer: str = HALF, mode: Mode = Mode.LLM) -> Ask:
        ask = self.refiner.plan(QUESTION, answer, grade_text(QUESTION, answer), mode)
        assert ask is not None
        return ask

    async def graded(self, answer: str = HALF, mode: Mode = Mode.LLM) -> Grading:
        opinion = await self.ask(answer, mode)
        first = grade_text(QUESTION, answer)
        return self.refiner.combine(QUESTION, answer, first, opinion, mode)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


@pytest.fixture
async def wired() -> AsyncIterator[Wired]:
    async with serving() as server:
        found = Wired(server)
        yield found
        await found.close()


async def test_the_answer_travels_as_data_between_unguessable_marks(wired: Wired) -> None:
    await wired.ask()
    await wired.ask()
    first, second = wired.server.asked
    assert first.answer == second.answer == HALF
    assert len(first.mark) == 32
    assert first.mark != second.mark
    system, user = first.body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert HALF not in system["content"]
    assert first.mark in system["content"]
    assert not {"tools", "functions", "user", "tool_choice"} & first.body.keys()
    assert wired.server.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_it_is_asked_for_verdicts_and_quotes_and_never_for_a_number(wired: Wired) -> None:
    await wired.ask()
    text = json.dumps(wired.server.asked[0].body["response_format"])
    assert '"strict": true' in text
    assert '"number"' not in text
    assert '"integer"' not in text
    assert list(wired.server.asked[0].points) == ["lemon", "melon", "salt", "pepper"]


async def test_assist_asks_only_about_what_is_open(wired: Wired) -> None:
    answer = "A lemon tastes sour. A melon tastes sweet. Salt comes from the sea."
    await wired.ask(answer, Mode.ASSIST)
    assert list(wired.server.asked[0].points) == ["pepper"]


async def test_an_opinion_becomes_a_grading_that_names_its_judges(wired: Wired) -> None:
    answer = f"{HALF} The sea and the ocean give salt. Pepper is what a plant gives, a shrub."
    grading = await wired.graded(answer)
    assert {result.judge for result in grading.concepts} == {Judge.MODEL}
    assert (grading.grader, grading.model) == ("llm", "test-model")
    assert grading.engine.startswith("1+")


@pytest.mark.parametrize(
    "fault",
    [
        wraps("```json\n", "\n```"),
        wraps("Sure! Here you go:\n", "\nAnything else?"),
        wraps("<think>{not json} hmm</think>", ""),
    ],
    ids=["fences", "politeness", "thoughts"],
)
async def test_what_stands_around_the_object_is_stripped(wired: Wired, fault: Fault) -> None:
    wired.server.faults.append(fault)
    assert len((await wired.ask()).judgements) == 4
    assert len(wired.server.asked) == 1


_ALL = {name: {"verdict": "met", "quote": "x"} for name in ("lemon", "melon", "salt", "pepper")}


@pytest.mark.parametrize(
    "fault",
    [
        says("I would give this full marks."),
        says('{"points": '),
        says("{" * 5000 + "}" * 5000),
        says(json.dumps({"points": {"lemon": {"verdict": "met", "quote": ""}}})),
        says(json.dumps({"points": {**_ALL, "garlic": {"verdict": "met", "quote": "x"}}})),
        says(json.dumps({"points": {**_ALL, "salt": {"verdict": "great", "quote": "x"}}})),
        says(json.dumps({"points": {**_ALL, "salt": {"verdict": 1, "quote": "x"}}})),
        says(json.dumps({"points": {**_ALL, "salt": {"verdict": "met", "quote": "x" * 9999}}})),
        says(json.dumps({"score": 100})),
        says("[]"),
        says(""),
        says(json.dumps({"points": _ALL}), finish="length"),
    ],
    ids=[
        "prose",
        "half an object",
        "deep",
        "missing ids",
        "invented ids",
        "other verdict",
        "number",
        "endless quote",
        "a score",
        "a list",
        "nothing",
        "cut off",
    ],
)
async def test_a_reply_that_cannot_be_used_gets_one_repair(wired: Wired, fault: Fault) -> None:
    """Status 200 proves nothing: each of these comes in spite of a strict schema."""
    wired.server.faults.append(fault)
    opinion = await wired.ask()
    assert len(opinion.judgements) == 4
    assert opinion.tokens == 642, "both requests count"
    repair = wired.server.asked[1].body
    assert [each["role"] for each in repair["messages"]] == ["system", "user", "assistant", "user"]
    assert repair["max_tokens"] == 2 * wired.server.asked[0].body["max_tokens"]
    assert repair["messages"][-1]["content"].startswith("That reply cannot be used:")


async def test_there_is_no_second_repair(wired: Wired) -> None:
    wired.server.always = says("Full marks!")
    with pytest.raises(BadReplyError) as caught:
        await wired.ask()
    assert len(wired.server.asked) == 2
    assert caught.value.tokens == 642


@pytest.mark.parametrize(
    "refused, kept",
    [
        (("json_schema",), "json_object"),
        (("json_schema", "json_object"), "plain"),
    ],
)
@pytest.mark.parametrize("code", [400, 422, 500])
async def test_a_refused_format_is_left_and_that_is_remembered(
    wired: Wired, refused: tuple[str, ...], kept: str, code: int
) -> None:
    wired.server.always = refuses(*refused, code=code)
    await wired.ask()
    wired.server.asked.clear()
    await wired.ask()
    assert [asked.format for asked in wired.server.asked] == [kept]


@pytest.mark.parametrize(
    "word, gone, new",
    [
        ("max_tokens: use max_completion_tokens", "max_tokens", "max_completion_tokens"),
        ("temperature", "temperature", "max_tokens"),
    ],
)
async def test_a_refused_parameter_is_left_and_the_format_stays(
    wired: Wired, word: str, gone: str, new: str
) -> None:
    wired.server.faults.append(status(400, {"error": {"message": f"Unsupported: {word}"}}))
    await wired.ask()
    second = wired.server.asked[1]
    assert gone not in second.body
    assert new in second.body
    assert second.format == "json_schema"


@pytest.mark.parametrize("code", [401, 403, 404, 413])
@pytest.mark.parametrize("body", [{"error": {"message": "no"}}, {"detail": "no"}, '"no"', "no"])
async def test_a_plain_no_is_not_asked_again(wired: Wired, code: int, body: object) -> None:
    wired.server.always = status(code, body)
    with pytest.raises(NoReplyError) as caught:
        await wired.ask()
    assert len(wired.server.asked) == 1
    assert caught.value.tokens == 0


async def test_retry_after_is_obeyed(wired: Wired) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    wired.server.faults += [
        status(429, headers={"Retry-After": "7"}),
        status(503, headers={"Retry-After": at}),
    ]
    await wired.ask()
    assert wired.waits[0] == 7
    assert 5 <= wired.waits[1] <= 9


async def test_a_wait_without_a_number_grows(wired: Wired) -> None:
    wired.server.faults += [status(503), status(503, headers={"Retry-After": "soon"})]
    await wired.ask()
    assert wired.waits == [1, 2]


async def test_a_long_wait_is_not_waited(wired: Wired) -> None:
    wired.server.always = status(429, headers={"Retry-After": "3600"})
    with pytest.raises(NoReplyError):
        await wired.ask()
    assert wired.waits == []


@pytest.mark.parametrize("fault", [hang, drip], ids=["hanging", "dripping"])
async def test_a_request_has_a_time_limit_as_a_whole(wired: Wired, fault: Fault) -> None:
    wired.timeout = 0.2
    wired.server.always = fault
    with pytest.raises(NoReplyError, match="Timeout"):
        await wired.ask()
    assert len(wired.server.asked) == 3


async def test_a_dropped_connection_is_tried_again(wired: Wired) -> None:
    wired.server.faults.append(hang_up)
    assert len((await wired.ask()).judgements) == 4


async def test_a_reply_without_end_is_not_read(wired: Wired) -> None:
    wired.server.always = flood
    with pytest.raises(BadReplyError, match="without end"):
        await wired.ask()
    assert len(wired.server.asked) == 1


async def test_a_redirect_is_not_followed(wired: Wired) -> None:
    async with serving() as other:
        there = f"{other.url}/chat/completions"
        wired.server.always = status(307, headers={"Location": there})
        with pytest.raises(NoReplyError, match="307"):
            await wired.ask()
        assert other.asked == []


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", "{}", json.dumps({"choices": []}), json.dumps({"choices": [{}]})],
)
async def test_what_is_no_chat_completion_is_of_no_use(wired: Wired, body: str) -> None:
    wired.server.always = status(200, body)
    with pytest.raises(BadReplyError):
        await wired.ask()


@pytest.mark.parametrize("content", [None, [{"type": "text", "text": "{}"}]])
async def test_content_comes_in_several_shapes(wired: Wired, content: object) -> None:
    body = completion("")
    body["choices"][0]["message"]["content"] = content
    wired.server.faults.append(status(200, body))
    assert len((await wired.ask()).judgements) == 4


async def test_a_server_that_does_not_count_is_counted_for(wired: Wired) -> None:
    body = completion(json.dumps({"points": _ALL}), tokens=None)
    wired.server.always = status(200, body)
    assert 300 < (await wired.ask()).tokens < wired.plan().tokens


async def test_what_is_reserved_covers_a_repair(wired: Wired) -> None:
    wired.server.faults.append(says("no"))
    assert (await wired.ask()).tokens < wired.plan().tokens


async def test_the_breaker_opens_and_lets_one_try_again(wired: Wired) -> None:
    wired.server.always = status(503)
    for _ in range(2):
        with pytest.raises(NoReplyError):
            await wired.ask()
    assert len(wired.server.asked) == FAILURES
    with pytest.raises(NoReplyError, match="rest"):
        await wired.ask()
    assert len(wired.server.asked) == FAILURES
    wired.server.always = None
    wired.now += REST_SECONDS
    await wired.ask()
    await wired.ask()
    assert len(wired.server.asked) == FAILURES + 2


def test_the_breaker_lets_only_one_try_after_a_rest() -> None:
    now = 0.0
    breaker = Breaker(lambda: now)
    for _ in range(FAILURES):
        breaker.failed()
    assert not breaker.allows()
    now = REST_SECONDS
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


async def test_only_so_many_requests_run_at_a_time(wired: Wired) -> None:
    wired.concurrency = 3
    refiner = wired.refiner
    ask = wired.plan()
    await asyncio.gather(*(refiner.ask(QUESTION, HALF, ask) for _ in range(40)))
    assert wired.server.most_at_once <= 3


async def test_secrets_stay_secret(wired: Wired, capsys: pytest.CaptureFixture[str]) -> None:
    wired.server.always = status(401, {"error": {"message": f"Incorrect API key: {KEY}"}})
    with pytest.raises(ModelError) as caught:
        await wired.ask()
    written = capsys.readouterr()
    for text in (str(caught.value), repr(caught.value), written.out, written.err):
        assert KEY not in text
    assert KEY not in repr(vars(wired.refiner)) + repr(vars(vars(wired)["_client"]))


async def test_the_same_question_has_the_same_key_whatever_the_spacing(wired: Wired) -> None:
    assert wired.plan(HALF).key == wired.plan(f"  {HALF.replace(' ', '  ')} ").key
    assert wired.plan(HALF).key != wired.plan(FULL).key
    assert wired.plan(HALF).key != wired.plan(HALF, Mode.ASSIST).key


@pytest.mark.parametrize(
    "url, address",
    [
        ("https://api.example.org/v1", "https://api.example.org/v1/chat/completions"),
        ("https://api.example.org/v1/", "https://api.example.org/v1/chat/completions"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/chat/completions"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("http://[::1]:1234/v1", "http://[::1]:1234/v1/chat/completions"),
        ("http://gpu.lan:8000/v1", "http://gpu.lan:8000/v1/chat/completions"),
    ],
)
def test_where_the_model_may_be(url: str, address: str) -> None:
    assert chat_url(url, {"gpu.lan"}) == address


@pytest.mark.parametrize(
    "url, sentence",
    [
        ("", "must look like"),
        ("ftp://example.org", "must look like"),
        ("https://", "must look like"),
        ("http://[::1", "must look like"),
        ("https://example.org:port/", "must look like"),
        ("https://name:word@example.org/v1", "takes no name"),
        ("https://example.org/v1?key=1", "takes no name"),
        ("http://example.org/v1", "must use https"),
        ("http://127.0.0.1.example.org/v1", "must use https"),
        ("http://169.254.169.254/latest", "must use https"),
    ],
)
def test_where_it_may_not_be(url: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        chat_url(url, {"gpu.lan"})
    assert "word" not in str(caught.value).split()


async def test_the_response_cap_is_a_megabyte(wired: Wired) -> None:
    assert wire.MAX_BYTES == 1_000_000
    assert believe is wired.server.think
