"""The command line as a user meets it, in processes of its own."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.models import CommandInfo

from bot.__main__ import cli, main

HERE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """What a finished command printed, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str, cwd: Path, stdin: str | bytes = "", env: dict[str, str] | None = None) -> Done:
    """Run the command line in this process, which is quick."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["interview-bot", *words])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.chdir(cwd)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
    return Done(int(str(end.value.code)), out.getvalue(), err.getvalue())


def spawn(*words: str, cwd: Path, stdin: str = "", env: dict[str, str] | None = None) -> Done:
    """Run the command line in a process of its own, as users do."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        input=stdin.encode(),
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HERE), **(env or {})},
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_scripted_session_ends_with_status_0(tmp_path: Path) -> None:
    script = "/as Ada\nNo idea, sorry.\n.\n/close\n/leaderboard\n"
    done = spawn("play", "--db", "team.db", cwd=tmp_path, stdin=script)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Answer 1: Score" in done.stdout
    assert "\x1b" not in done.stdout
    assert (tmp_path / "team.db").is_file()
    assert run("db", "check", "--db", "team.db", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "words, status, sentence",
    [
        (["play", "--nope"], 2, "No such option: --nope See interview-bot --help."),
        (["dance"], 2, "No such command 'dance'"),
        (["challenge", "show", "general"], 1, "This channel has no challenge yet"),
        (["challenge", "create", "general", "time=25"], 1, "time: '25' is not a time of day"),
        (["challenge", "create", "general", "time"], 1, "Write settings as NAME=VALUE"),
        (["challenge", "create", "general", "holidays=QQ"], 1, "holidays: there is no calendar"),
        (
            ["challenge", "create", "general", "holidays=DE-QQ"],
            1,
            "holidays: DE has no region 'QQ'",
        ),
        (["challenge", "create", "x", "--platform", "irc"], 1, "There is no platform 'irc'"),
        (["challenge", "create", " "], 1, "A channel and its workspace need an id."),
        (["questions", "show", "path-paramters"], 1, "Did you mean path-parameters"),
        (["questions", "check", "nowhere"], 1, ""),
        (["grade", "nowhere.jsonl"], 1, "nowhere.jsonl cannot be read: No such file"),
        (["db", "check"], 1, "There is no database at interview-bot.db yet"),
        (["db", "backup", "copy.db"], 1, "There is no database at interview-bot.db yet"),
        (["db", "restore", "copy.db"], 1, "There is no file copy.db."),
        (["db", "upgrade", "--db", "."], 1, "The database . cannot be written; check the path"),
        (
            ["db", "upgrade", "--db", "no/such/folder.db"],
            1,
            "There is no folder no/such for the database",
        ),
    ],
)
def test_errors_are_one_sentence_on_stderr(
    tmp_path: Path, words: list[str], status: int, sentence: str
) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1


def test_wrong_settings_are_all_named(tmp_path: Path) -> None:
    env = {"INTERVIEW_BOT_ZONE": "Mars", "INTERVIEW_BOT_LOG_LEVEL": "loud"}
    done = run("doctor", cwd=tmp_path, env=env)
    assert done.returncode == 1
    assert "INTERVIEW_BOT_ZONE: there is no time zone 'Mars'" in done.stdout.replace("\n", " ")
    assert "INTERVIEW_BOT_LOG_LEVEL" in done.stdout


def test_doctor_is_content_with_a_fresh_folder(tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 0
    parts = ["settings", "questions", "language model", "database", "discord", "slack"]
    found = [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith("ok ")]
    assert found == [f"ok   {part}" for part in parts]


def test_doctor_names_a_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("nonsense " * 1000)
    done = run("doctor", "--db", "broken.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "FIX  database: The database broken.db cannot be opened" in done.stdout


def test_challenges_are_managed_for_any_platform(tmp_path: Path) -> None:
    where = ["C1", "--platform", "slack", "--workspace", "T1"]
    assert run("challenge", "create", *where, "time=09:30", cwd=tmp_path).returncode == 0
    assert "mon,fri" in run("challenge", "set", *where, "weekdays=mon,fri", cwd=tmp_path).stdout
    assert "paused" in run("challenge", "pause", *where, cwd=tmp_path).stdout
    assert "next round" in run("challenge", "resume", *where, cwd=tmp_path).stdout
    listed = run("challenge", "list", cwd=tmp_path).stdout
    assert listed == "slack\tT1\tC1\trunning\t09:30\tUTC\n"
    assert "standings stay" in run("challenge", "remove", *where, cwd=tmp_path).stdout
    assert run("challenge", "list", cwd=tmp_path).stdout == ""


def test_grading_passes_other_fields_through_and_goes_on_after_errors(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"question": "path-parameters", "answer": "I do not know.", "id": 7, "who": "ü"}
        ),
        json.dumps({"question": "no-such-question", "answer": "x"}),
        "not json",
        "",
        json.dumps(["a list"]),
        json.dumps({"question": "path-parameters"}),
        "[" * 100_000,
        json.dumps({"question": "path-parameters", "answer": "\ud800 lone", "score": 99}),
    ]
    data = "\n".join(lines).encode() + b"\n\xff\xfe\n"
    done = run("grade", cwd=tmp_path, stdin=data)
    assert done.returncode == 1
    first, last = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], first["who"], first["question"]) == (7, "ü", "path-parameters")
    assert first["score"] <= 6
    assert set(first["concepts"][0]) == {"id", "verdict", "credit", "quote"}
    assert first["flags"] == ["dontknow"] or "dontknow" in first["flags"]
    assert last["score"] != 99
    numbers = [line.split(":")[1] for line in done.stderr.splitlines()]
    assert numbers == ["2", "3", "5", "6", "7", "9"]


def test_grading_into_a_file_goes_on_where_it_stopped(tmp_path: Path) -> None:
    rows = [{"question": "path-parameters", "answer": f"Answer {number}."} for number in range(3)]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    words = ["grade", "in.jsonl", "--out", "out.jsonl"]
    assert run(*words, cwd=tmp_path).returncode == 0
    whole = (tmp_path / "out.jsonl").read_text()
    assert [json.loads(line)["grader"] for line in whole.splitlines()] == ["keyword"] * 3
    (tmp_path / "out.jsonl").write_text(whole[: whole.index("\n") + 30])
    assert run(*words, cwd=tmp_path).returncode == 0
    assert (tmp_path / "out.jsonl").read_text() == whole
    other = run(*words, "--grader", "llm", cwd=tmp_path)
    assert "holds answers graded by keyword; use another file." in other.stderr
    (tmp_path / "out.jsonl").write_text("no\n")
    assert "out.jsonl:1 is no line of an earlier run." in run(*words, cwd=tmp_path).stderr


def test_a_model_that_is_not_configured_is_asked_for(tmp_path: Path) -> None:
    for words in (["grade"], ["questions", "evaluate"]):
        done = run(*words, "--grader", "assist", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("No language model is configured: set OPENAI_BASE_URL")


def test_doctor_names_a_model_that_cannot_be_reached_safely(tmp_path: Path) -> None:
    env = {"OPENAI_BASE_URL": "http://example.org/v1", "OPENAI_MODEL": "m"}
    done = run("doctor", cwd=tmp_path, env=env)
    assert "FIX  language model: OPENAI_BASE_URL must use https" in done.stdout
    env["OPENAI_BASE_URL"] = "https://example.org/v1"
    assert (
        "ok   language model: m at https://example.org"
        in run("doctor", cwd=tmp_path, env=env).stdout
    )


def test_a_regrade_shows_and_then_does_what_an_edit_changes(tmp_path: Path) -> None:
    run("play", cwd=tmp_path, stdin="/as Ada\nNobody knows.\n/close\n")
    shown = run("questions", "stats", cwd=tmp_path).stdout
    assert "1" in shown
    assert "0 of 0" in shown
    done = run("regrade", "--dry-run", cwd=tmp_path)
    assert done.stdout == "1 answer graded again, 0 scores would change.\n"
    assert run("regrade", "--since", "2100-01-01", cwd=tmp_path).stdout.startswith("0 answers")
    assert run("regrade", "--question", "nope", cwd=tmp_path).returncode == 1
    assert run("questions", "stats", "--db", "new.db", cwd=tmp_path).stdout == (
        "No question has answers yet.\n"
    )


def test_grading_is_the_same_from_process_to_process(tmp_path: Path) -> None:
    line = json.dumps({"question": "path-parameters", "answer": "A path parameter is typed int."})
    results = {
        spawn("grade", cwd=tmp_path, stdin=line, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1", "2")
    }
    assert len(results) == 1


def test_grading_files_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n")
    done = run("grade", "a.jsonl", cwd=tmp_path)
    assert done.stderr == 'a.jsonl:1: "question" is missing or no text.\n'


def test_questions_are_listed_and_shown(tmp_path: Path) -> None:
    listed = run("questions", "list", "--category", "routing", "--level", "junior", cwd=tmp_path)
    assert "path-parameters" in listed.stdout
    assert "what-is-fastapi" not in listed.stdout
    shown = run("questions", "show", "path-parameters", cwd=tmp_path).stdout
    assert "Rubric" in shown
    assert "Model answer" in shown
    assert "\x1b" not in shown


def test_checking_a_broken_pack_exits_1(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: x\n")
    done = run("questions", "check", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "pack.yaml:1: title: is missing; add it" in done.stdout


def test_own_packs_are_added_by_pointing_at_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "id: mine\ntitle: M\ndescription: D\nlicence: MIT\ncategories: {c: C}\n"
    )
    env = {"INTERVIEW_BOT_PACKS": "mine"}
    assert "2 packs" in run("questions", "check", cwd=tmp_path, env=env).stdout
    alone = env | {"INTERVIEW_BOT_SHIPPED_PACK": "false"}
    assert "0 of 0 questions" in run("questions", "list", cwd=tmp_path, env=alone).stdout


def test_a_backup_is_restored(tmp_path: Path) -> None:
    run("play", cwd=tmp_path, stdin="/as Ada\nNo idea.\n/close\n")
    assert run("db", "backup", "copy.db", cwd=tmp_path).returncode == 0
    again = run("db", "backup", "copy.db", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (
        1,
        "copy.db exists already; choose another name or remove it.\n",
    )
    run("play", cwd=tmp_path, stdin="/as Ada\n/forget me\n")
    assert "Ada" not in run("play", cwd=tmp_path, stdin="/leaderboard all\n").stdout
    assert run("db", "restore", "copy.db", cwd=tmp_path).returncode == 0
    assert "Ada" in run("play", cwd=tmp_path, stdin="/leaderboard all\n").stdout
    assert run("db", "check", cwd=tmp_path).returncode == 0


def test_what_is_no_copy_of_ours_is_not_restored(tmp_path: Path) -> None:
    run("play", cwd=tmp_path)
    before = run("challenge", "list", cwd=tmp_path).stdout
    (tmp_path / "letter.db").write_text("Dear all, " * 999)
    done = run("db", "restore", "letter.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "letter.db is not a whole database" in done.stderr
    assert run("challenge", "list", cwd=tmp_path).stdout == before


def test_the_newest_schema_is_made_on_request(tmp_path: Path) -> None:
    assert "schema 0003" in run("db", "upgrade", cwd=tmp_path).stdout
    assert run("db", "check", cwd=tmp_path).returncode == 0


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    groups = {group.name: group.typer_instance for group in cli.registered_groups}
    commands: list[tuple[list[str], CommandInfo]] = [
        ([], command) for command in cli.registered_commands
    ]
    commands += [
        ([str(name)], command)
        for name, group in groups.items()
        if group is not None
        for command in group.registered_commands
    ]
    for words, command in commands:
        text = command.callback.__doc__ if command.callback else None
        assert text, words
        assert "Example: interview-bot" in text, words
    assert "Example" in run("db", "backup", "--help", cwd=tmp_path).stdout


def test_a_bug_is_a_sentence_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.doctor.settings_for", lambda _db: 1 / 0)
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "This is a bug in interview-bot: ZeroDivisionError: division by zero\n"


def test_the_version_is_printed(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout.startswith("interview-bot ")
