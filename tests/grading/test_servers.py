"""Real servers: llama.cpp over a model of random numbers, and a mock that refuses.

What a random model says means nothing; that it comes over the wire as asked is the point.
"""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.core.grading import Limits, Mode, Opinion
from bot.errors import ModelError, NoReplyError
from bot.grading.keyword import grade_text
from bot.grading.llm.client import ChatClient
from bot.grading.llm.endpoint import chat_url
from bot.grading.llm.refiner import ModelRefiner
from tests.grading.tiny_model import write_model
from tests.samples import HALF, make_question

HERE = Path(__file__).parent
AIMOCK = HERE / "servers" / "node_modules" / ".bin" / "llmock"
QUESTION = make_question()


def _need(*, there: bool, what: str) -> None:
    """Without CI_SERVERS an absent server skips a test; with it, it fails."""
    if there:
        return
    if os.environ.get("CI_SERVERS"):
        pytest.fail(f"{what} is missing, although CI_SERVERS asks for it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    there = find_spec("xllamacpp") is not None and find_spec("gguf") is not None
    _need(there=there, what="the dependency group 'servers'")
    import xllamacpp  # noqa: PLC0415 - only where CI installs it

    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(path)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.port = 0
    params.n_ctx = 16_384
    params.n_parallel = 2
    params.n_gpu_layers = 0
    params.warmup = False
    params.fit_params = False
    params.chat_template = "chatml"
    params.api_keys = ["right"]
    params.verbosity = -1
    server = xllamacpp.Server(params)
    yield str(server.listening_address)
    del server


async def _at_once(_seconds: float) -> None:
    pass


async def _ask(url: str, answer: str = HALF, key: str = "right") -> Opinion:
    client = ChatClient(chat_url(url), "any", SecretStr(key), timeout=60, sleep=_at_once)
    refiner = ModelRefiner(client, Limits(member=1, channel=1, day=1))
    try:
        ask = refiner.plan(QUESTION, answer, grade_text(QUESTION, answer), Mode.LLM)
        assert ask is not None
        opinion = await refiner.ask(QUESTION, answer, ask)
        graded = refiner.combine(QUESTION, answer, grade_text(QUESTION, answer), opinion, Mode.LLM)
        assert graded.model == "any"
        return opinion
    finally:
        await client.close()


async def test_llama_cpp_keeps_to_the_schema(llama: str) -> None:
    opinion = await _ask(f"{llama}/v1")
    assert [each.id for each in opinion.judgements] == ["lemon", "melon", "salt", "pepper"]
    assert {each.verdict for each in opinion.judgements} <= {"met", "partial", "unmet"}
    assert opinion.tokens > 500


async def test_llama_cpp_serves_several_at_a_time(llama: str) -> None:
    found = await asyncio.gather(*(_ask(f"{llama}/v1", f"{HALF} {n}.") for n in range(4)))
    assert all(len(opinion.judgements) == 4 for opinion in found)


async def test_llama_cpp_refuses_a_wrong_key(llama: str) -> None:
    with pytest.raises(NoReplyError, match="401"):
        await _ask(f"{llama}/v1", key="wrong")


def _fixtures(folder: Path) -> Path:
    points = {name: {"verdict": "unmet", "quote": ""} for name in ("lemon", "melon", "salt")}
    points["pepper"] = {"verdict": "met", "quote": "pepper"}
    good = json.dumps({"points": points, "speaks_to_judge": False})
    replies: dict[str, object] = {
        "plain no": {"error": {"message": "no such key", "type": "auth"}, "status": 401},
        "too many": {"error": {"message": "slow down"}, "status": 429, "retryAfter": 90},
        "not now": {"error": {"message": "overloaded"}, "status": 503},
        "That reply cannot be used": {"content": "Still quite a good one."},
        "only prose": {"content": "I would say that this is quite a good one."},
        "in fences": {"content": f"```json\n{good}\n```"},
        "all well": {"content": good},
    }
    path = folder / "fixtures.json"
    listed = [{"match": {"userMessage": word}, "response": said} for word, said in replies.items()]
    path.write_text(json.dumps({"fixtures": listed}))
    return path


def _free_port() -> int:
    with closing(socket.socket()) as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@pytest.fixture
async def aimock(tmp_path: Path) -> AsyncIterator[str]:
    _need(there=AIMOCK.exists() and shutil.which("node") is not None, what="aimock (npm)")
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        str(AIMOCK),
        *("--port", str(port), "--strict", "--log-level", "silent"),
        *("--fixtures", str(_fixtures(tmp_path))),
    )
    try:
        await _until_up(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        await process.wait()


async def _until_up(url: str) -> None:
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_a_mock_answers_and_refuses_as_servers_do(aimock: str) -> None:
    for word in ("all well", "in fences"):
        opinion = await _ask(aimock, _said(word))
        assert len(opinion.judgements) == 4
    refusals = {
        "plain no": "401",
        "too many": "429",
        "not now": "503",
        "only prose": "no usable reply",
        "unknown to it": "503",
    }
    for word, sentence in refusals.items():
        with pytest.raises(ModelError, match=sentence):
            await _ask(aimock, _said(word))


def _said(word: str) -> str:
    """An answer that the mock knows by a word in it."""
    return f"{HALF} Salt and pepper come from sea and plant, {word}."
