"""Grading files with a model from the shell, against the scripted server."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading.llm_server import ModelServer, serving, status
from tests.test_cli import run

ANSWER = (
    "A path parameter is a piece of the URL path written in braces in the route and passed to the"
    " function as an argument of the same name."
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """The scripted server in a thread of its own, since each command runs a loop of its own."""
    script, up, end = ModelServer(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving(script):
            up.set()
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert up.wait(10)
    yield script
    loop.call_soon_threadsafe(end.set)
    thread.join(10)
    loop.close()


def _env(server: ModelServer) -> dict[str, str]:
    return {"OPENAI_BASE_URL": server.url, "OPENAI_MODEL": "m", "OPENAI_API_KEY": "k"}


def _rows(path: Path, count: int) -> None:
    lines = [
        json.dumps({"question": "path-parameters", "answer": f"{ANSWER} Take {n}.", "score": 60})
        for n in range(count)
    ]
    path.write_text("\n".join(lines) + "\n")


def test_a_file_is_graded_with_a_model_and_goes_on_after_a_stop(
    tmp_path: Path, server: ModelServer
) -> None:
    _rows(tmp_path / "in.jsonl", 6)
    words = ["grade", "in.jsonl", "--grader", "llm", "--out", "out.jsonl"]
    assert run(*words, cwd=tmp_path, env=_env(server)).returncode == 0
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert len(lines) == len(server.asked) == 6
    first = json.loads(lines[0])
    assert first["grader"] == "llm"
    assert any(each.get("judge") == "model" for each in first["concepts"])
    (tmp_path / "out.jsonl").write_text("\n".join(lines[:4]) + "\n")
    assert run(*words, cwd=tmp_path, env=_env(server)).returncode == 0
    assert len(server.asked) == 8, "only what was missing is asked again"
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 6


def test_a_model_that_is_away_is_said_line_by_line(tmp_path: Path, server: ModelServer) -> None:
    server.always = status(401)
    _rows(tmp_path / "in.jsonl", 1)
    done = run("grade", "in.jsonl", "--grader", "assist", cwd=tmp_path, env=_env(server))
    assert json.loads(done.stdout)["shortfall"] == "unreachable"


def test_scores_of_a_model_are_compared_with_peoples(tmp_path: Path, server: ModelServer) -> None:
    _rows(tmp_path / "in.jsonl", 3)
    words = ["questions", "evaluate", "in.jsonl", "--grader", "llm", "--out", "kept.jsonl"]
    first = run(*words, cwd=tmp_path, env=_env(server))
    assert "Means per kind" in first.stdout
    again = run(*words, cwd=tmp_path, env=_env(server))
    assert again.stdout == first.stdout
    assert len(server.asked) == 3
