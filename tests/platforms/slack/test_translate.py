"""What message events mean."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.records import EventKind
from bot.platforms.slack.translate import Asked, asked, instant, said

REPLY: dict[str, Any] = {
    "type": "message",
    "channel": "C1",
    "user": "U1",
    "text": "a &lt; b",
    "ts": "1700000001.000200",
    "thread_ts": "1700000000.000100",
}


def test_a_reply_is_an_answer() -> None:
    found = said(REPLY, "UBOT")
    assert found is not None
    assert (found.kind, found.channel, found.user) == (EventKind.ANSWER, "C1", "U1")
    assert (found.text, found.ts, found.thread) == ("a < b", REPLY["ts"], REPLY["thread_ts"])
    assert found.sent_at == datetime(2023, 11, 14, 22, 13, 21, 200, tzinfo=UTC)


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_so_are_these_kinds_of_reply(subtype: str) -> None:
    assert said({**REPLY, "subtype": subtype}, "UBOT") is not None


@pytest.mark.parametrize(
    "change",
    [
        {"thread_ts": None},
        {"thread_ts": REPLY["ts"]},
        {"user": "UBOT"},
        {"user": None},
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"text": "<@UBOT> leaderboard week"},
    ],
)
def test_what_is_no_answer(change: dict[str, Any]) -> None:
    assert said({**REPLY, **change}, "UBOT") is None


def _changed(**message: object) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": {**REPLY, "edited": {"ts": "1700000100.000000"}, **message},
    }


def test_a_changed_reply_is_an_edit_from_when_it_was_edited() -> None:
    found = said(_changed(text="new"), "UBOT")
    assert found is not None
    assert (found.kind, found.text, found.version) == (EventKind.EDIT, "new", "1700000100.000000")
    assert found.sent_at == instant("1700000100.000000")
    assert found.ts == REPLY["ts"]


@pytest.mark.parametrize(
    "message",
    [{"edited": None}, {"bot_id": "B1"}, {"text": "<@UBOT> help"}, {"subtype": "tombstone"}],
)
def test_what_is_no_edit(message: dict[str, Any]) -> None:
    assert said(_changed(**message), "UBOT") is None


def test_a_deleted_reply_tells_its_author() -> None:
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C1",
        "deleted_ts": REPLY["ts"],
        "event_ts": "1700000200.000000",
        "previous_message": REPLY,
    }
    found = said(event, "UBOT")
    assert found is not None
    assert (found.kind, found.user, found.ts) == (EventKind.DELETE, "U1", REPLY["ts"])
    assert said({**event, "previous_message": {**REPLY, "bot_id": "B1"}}, "UBOT") is None
    assert said({**event, "previous_message": None}, "UBOT") is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("<@UBOT> leaderboard week", Asked("leaderboard", "week")),
        ("<@UBOT> LEADERBOARD", Asked("leaderboard", "")),
        ("<@UBOT>: forget  me", Asked("forget", "me")),
        ("<@UBOT> the event loop blocks", None),
        ("leaderboard", None),
    ],
)
def test_commands_by_mention(text: str, expected: Asked | None) -> None:
    assert asked(text, "UBOT") == expected


def test_an_odd_ts_is_long_ago() -> None:
    assert instant("soon").year == 1970
