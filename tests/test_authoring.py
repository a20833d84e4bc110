"""The tools for those who write questions: new, try, evaluate."""

import json
from pathlib import Path

import pytest

from tests.test_cli import run

ID = "blocking-call-in-async-route"
PLAIN = (
    "The single thread that serves everyone is stuck, so all other clients wait. Use an"
    " asynchronous driver, or a plain def endpoint so that it runs in the thread pool."
)


def _graded(**fields: object) -> str:
    return json.dumps({"question": ID, "answer": PLAIN, "kind": "plain", "scores": [60]} | fields)


def test_a_template_is_written_once_and_says_what_is_to_be_filled_in(tmp_path: Path) -> None:
    done = run("questions", "new", "event-loop", "--category", "async", cwd=tmp_path)
    assert done.stdout.startswith("event-loop.yaml is written")
    text = (tmp_path / "event-loop.yaml").read_text()
    assert "id: event-loop" in text
    assert "category: async" in text
    again = run("questions", "new", "event-loop", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (
        1,
        "event-loop.yaml exists already; choose another id.\n",
    )
    nowhere = run("questions", "new", "x", "--pack", "missing", cwd=tmp_path)
    assert nowhere.stderr == "There is no folder missing.\n"


def test_the_template_can_be_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "id: mine\ntitle: M\ndescription: D\nlicence: MIT\ncategories: {basics: B}\n"
    )
    run("questions", "new", "event-loop", cwd=tmp_path)
    found = run("questions", "check", str(tmp_path), cwd=tmp_path).stdout
    assert "is not YAML" not in found
    assert "missing" not in found
    assert "scores" in found, "the placeholders are no good rubric, and the linter says so"


def test_typed_answers_are_read_aloud(tmp_path: Path) -> None:
    wrong = "FastAPI notices the blocking call inside async def and moves it to another thread."
    typed = f"{PLAIN}\n.\n{wrong}\n"
    shown = run("questions", "try", ID, cwd=tmp_path, stdin=typed).stdout
    assert "explained" in shown
    assert "stalls-everyone" in shown
    assert "false claim" in shown
    assert shown.count("Score ") == 2


def test_graded_answers_are_compared(tmp_path: Path) -> None:
    lines = [
        _graded(),
        _graded(answer="Nobody knows what happens here, honestly.", scores=[0, 5], kind="hollow"),
        _graded(answer="Der Server wartet, und das ist nicht gut für alle.", kind="edge",
                edge_type="otherlang"),
    ]  # fmt: skip
    done = run("questions", "evaluate", cwd=tmp_path, stdin="\n".join(lines))
    assert "Pearson r 1.000" in done.stdout
    assert "Pairs far apart in people's order: 1 of 1" in done.stdout
    assert "not scored" in done.stdout
    (tmp_path / "graded.jsonl").write_text(_graded())
    one = run("questions", "evaluate", "graded.jsonl", "--worst", "1", cwd=tmp_path)
    assert "Pearson r is not defined" in one.stdout


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("", "There is no graded answer to evaluate."),
        (_graded(scores=[]), '"scores" must be a list of numbers from 0 to 100.'),
        (_graded(scores=[101]), '"scores" must be a list of numbers from 0 to 100.'),
        (_graded(question="nothing"), "nothing"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, line: str, sentence: str) -> None:
    done = run("questions", "evaluate", cwd=tmp_path, stdin=line)
    assert done.returncode == 1
    assert sentence in done.stderr
