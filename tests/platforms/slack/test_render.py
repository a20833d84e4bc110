"""Every intent within Block Kit's limits, whatever the text; nothing in it pings."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.challenges import AnswerMode, ChallengeSettings
from bot.core.grading import Doubt, Flag, Judge
from bot.core.intents import (
    Appeals,
    BestAnswer,
    Board,
    Card,
    Case,
    CaseClaim,
    CasePoint,
    CategoryScore,
    ChallengeShown,
    Intent,
    MadePoint,
    MissedPoint,
    Notice,
    Progress,
    QuestionPosted,
    QuizPosted,
    Receipt,
    RoundClosed,
    RubricLine,
    Tone,
    WrongClaim,
)
from bot.core.people import Channel, Member
from bot.core.questions import Level, Link
from bot.core.standings import Period, Standing, Streak
from bot.platforms.slack.home import Corner, home_view
from bot.platforms.slack.modals import answer_modal, appeal_modal, challenge_modal, ruling_modal
from bot.platforms.slack.render import quiz, render
from tests.platforms.slack.conftest import shown
from tests.platforms.slack.limits import faults, view_faults

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
CHUNKS = [
    "<!channel> <!here> <@U1> <#C1> <!subteam^S1>",
    "@everyone @here",
    "&" * 4000,
    "<>" * 3000,
    "`" * 5000,
    "```python\n" + "x = 1\n" * 1500,
    "```" + "a" * 6000,
    "~~~\n```\n" * 900,
    "word " * 3000,
    "x" * 20000,
    "\u202e\x00\x07\x1b[31m",
    "\n" * 500,
    "**" * 2000,
    "# Title\n- a\n- b\n[t](https://example.org/|x>)",
    "😀" * 3000,
    " ",
    "",
]
TEXT = st.one_of(
    st.sampled_from(CHUNKS),
    st.text(max_size=50),
    st.lists(st.sampled_from(CHUNKS), max_size=4).map("".join),
)
NAME = TEXT.map(lambda text: text[:200])
MEMBER = st.builds(
    Member, platform=st.just("slack"), workspace=st.just("T1"), id=st.just("U1"), name=NAME
)
CARD = st.builds(
    Card,
    question_id=st.just("q" * 60),
    title=TEXT,
    prompt=TEXT,
    level=st.sampled_from(Level),
    category=TEXT,
)
STANDING = st.builds(
    Standing,
    rank=st.integers(1, 10**6),
    member=MEMBER,
    points=st.integers(0, 10**9),
    rounds=st.integers(1, 10**6),
)
BOARD = st.builds(
    Board,
    period=st.sampled_from(Period),
    start=st.just(date(2026, 1, 1)),
    rows=st.lists(STANDING, max_size=10).map(tuple),
    members=st.integers(0, 100),
    own=st.none() | STANDING,
    waiting=st.integers(0, 3),
)
PROGRESS = st.builds(
    Progress,
    member=MEMBER,
    rounds=st.just(1),
    average=st.none() | st.just(1.0),
    streak=st.just(Streak()),
    quizzes=st.just(0),
    quiz_average=st.none(),
    strongest=st.none()
    | st.builds(CategoryScore, category=TEXT, average=st.just(1.0), answers=st.just(1)),
    weakest=st.none(),
)
CHALLENGE = st.builds(
    ChallengeShown,
    channel=st.builds(
        Channel, platform=st.just("slack"), workspace=st.just("T1"), id=st.just("C1"), name=NAME
    ),
    settings=st.dictionaries(st.sampled_from(["time", "zone"]), TEXT, max_size=2),
    paused=st.booleans(),
    questions=st.just(3),
    next_round=st.none() | st.just(AT),
    open_until=st.none() | st.just(AT),
    zone=st.just("Europe/Berlin"),
)
QUIZ = st.builds(
    QuizPosted, quiz_id=st.just(1), card=CARD, hints=st.lists(TEXT, max_size=12).map(tuple)
)
CASE = st.builds(
    Case,
    appeal_id=st.integers(1, 10**9),
    channel=st.just(Channel(platform="slack", workspace="T1", id="C1", name="")),
    card=CARD,
    answer=TEXT,
    score=st.none() | st.integers(0, 100),
    points=st.lists(
        st.builds(
            CasePoint,
            id=st.just("p" * 40),
            says=TEXT,
            verdict=st.sampled_from(["met", "partial", "unmet"]),
            quote=st.none() | TEXT,
            judge=st.sampled_from(Judge),
        ),
        max_size=12,
    ).map(tuple),
    wrong=st.lists(
        st.builds(CaseClaim, id=st.just("w" * 40), quote=TEXT, truth=TEXT), max_size=5
    ).map(tuple),
    flags=st.lists(st.sampled_from(Flag), max_size=3).map(tuple),
    why=NAME,
    doubt=st.none() | st.sampled_from(Doubt),
    proposed=st.none() | st.integers(0, 100),
)
APPEALS = st.builds(
    Appeals, cases=st.lists(CASE, max_size=3).map(tuple), waiting=st.integers(0, 30)
)
INTENTS: dict[str, st.SearchStrategy[Intent]] = {
    "question": st.builds(
        QuestionPosted,
        round_id=st.just(1),
        local_date=st.just(date(2026, 3, 2)),
        card=CARD,
        closes_at=st.just(AT),
        zone=st.just("UTC"),
        answers=st.sampled_from(AnswerMode),
        replaces_earlier=st.booleans(),
    ),
    "quiz": QUIZ,
    "receipt": st.builds(
        Receipt,
        title=TEXT,
        score=st.none() | st.integers(0, 100),
        in_full=st.booleans(),
        practice=st.booleans(),
        revision=st.just(1),
        made=st.lists(
            st.builds(
                MadePoint,
                says=TEXT,
                quote=TEXT,
                in_full=st.booleans(),
                judge=st.sampled_from(Judge),
            ),
            max_size=12,
        ).map(tuple),
        remarks=st.lists(TEXT, max_size=3).map(tuple),
        under_review=st.booleans(),
        grading_id=st.none() | st.just(7),
        missing_points=st.just(1),
        missed=st.lists(st.builds(MissedPoint, says=TEXT, hint=TEXT), max_size=12).map(tuple),
        wrong=st.lists(st.builds(WrongClaim, quote=TEXT, truth=st.none() | TEXT), max_size=5).map(
            tuple
        ),
        flags=st.lists(st.sampled_from(Flag), max_size=3).map(tuple),
        explanation=st.none() | TEXT,
        follow_up=st.none() | TEXT,
        closes_at=st.none() | st.just(AT),
    ),
    "closed": st.builds(
        RoundClosed,
        round_id=st.just(1),
        local_date=st.just(date(2026, 3, 2)),
        card=CARD,
        model_answer=TEXT,
        explanation=TEXT,
        rubric=st.lists(
            st.builds(RubricLine, says=TEXT, weight=st.just(2), made_by=st.just(1)), max_size=12
        ).map(tuple),
        links=st.just((Link(title="<b>|c", url="https://example.org/a|b?c=<d>&e"),)),
        best=st.lists(
            st.builds(BestAnswer, member=MEMBER, score=st.just(90), text=TEXT), max_size=3
        ).map(tuple),
        answers=st.integers(0, 5),
        board=BOARD,
    ),
    "board": BOARD,
    "progress": PROGRESS,
    "challenge": CHALLENGE,
    "appeals": APPEALS,
    "notice": st.builds(Notice, text=TEXT, tone=st.sampled_from(Tone)),
}
SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _mrkdwn(message: dict[str, Any]) -> str:
    """A message's mrkdwn without the markup that is meant: dates and links."""
    texts = [
        part["text"]
        for block in message["blocks"]
        for part in [block.get("text"), *block.get("elements", [])]
        if isinstance(part, dict) and part.get("type") == "mrkdwn"
    ]
    return re.sub(
        r"<!date\^\d+\^[^<>^|]*\|[^<>]*>|<https?://[^<>|]+\|[^<>|]*>", "", "\n".join(texts)
    )


@pytest.mark.parametrize("kind", INTENTS)
def test_every_intent_keeps_the_limits_and_pings_nobody(kind: str) -> None:
    @SOME
    @given(INTENTS[kind])
    def check(intent: Intent) -> None:
        for message in render(intent):
            assert faults(list(message.blocks)) == []
            assert 0 < len(message.text) <= 4000
            assert "<" not in message.text
            assert "<" not in _mrkdwn({"blocks": message.blocks})

    check()


@SOME
@given(QUIZ, st.integers(0, 12))
def test_hints_keep_the_limits(posted: QuizPosted, hints: int) -> None:
    message = quiz(posted, hints)
    assert faults(list(message.blocks)) == []
    assert message.blocks[-1]["type"] == "actions", "the buttons are there, whatever the text"


@SOME
@given(CARD)
def test_the_answer_modal_keeps_the_limits(card: Card) -> None:
    view = answer_modal(card, {"channel": "C1", "url": "https://example.org/" + "x" * 200})
    assert view_faults(view) == []
    assert view["blocks"][-1]["type"] == "input"


@SOME
@given(CASE)
def test_the_ruling_modal_keeps_the_limits(case: Case) -> None:
    view = ruling_modal(case, {"case": 1, "of": "C1", "url": "https://example.org/" + "x" * 200})
    assert view_faults(view) == []
    assert [block["block_id"] for block in view["blocks"][-2:]] == ["decision", "reason"]
    assert "<" not in _mrkdwn(view)


def test_the_appeal_modal_keeps_the_limits() -> None:
    assert (
        view_faults(appeal_modal({"grading": 1, "url": "https://example.org/" + "x" * 200})) == []
    )


def test_a_case_shows_its_whole_answer_in_the_modal_and_its_beginning_in_the_queue() -> None:
    words = [f"word{number}" for number in range(400)]
    case = Case(
        appeal_id=3,
        channel=Channel(platform="slack", workspace="T1", id="C1", name=""),
        card=Card(question_id="q", title="T", prompt="P", level=Level.MID, category="c"),
        answer=" ".join(words),
        score=50,
        points=(),
        wrong=(),
        flags=(),
        why="",
    )
    modal = shown(ruling_modal(case, {}))
    assert all(word in modal for word in words)
    (queue,) = render(Appeals(cases=(case,) * 2, waiting=3))
    text = shown({"blocks": queue.blocks})
    assert "word399" not in text
    assert "1 more wait behind these." in text
    assert queue.text == "3 answers wait for a moderator."


def test_the_challenge_modal_keeps_the_limits_for_any_settings() -> None:
    categories = {f"c{number}": "Category " * 20 for number in range(150)}
    for texts in (
        {},
        {"zone": "America/Argentina/Buenos_Aires", "categories": "c1,c2", "levels": "senior"},
        {"zone": "GMT", "answers": "private", "weekdays": "sun", "holidays": "DE-BY"},
    ):
        assert (
            view_faults(challenge_modal(ChallengeSettings().changed(texts), categories, {})) == []
        )


@SOME
@given(st.lists(st.builds(Corner, CHALLENGE, PROGRESS, BOARD), max_size=5), st.booleans())
def test_the_home_keeps_the_limits(corners: list[Corner], quotable: bool) -> None:  # noqa: FBT001 - given
    assert view_faults(home_view(corners, quotable=quotable)) == []


def test_a_long_close_is_split_and_loses_nothing() -> None:
    best = [
        BestAnswer(
            member=Member(platform="slack", workspace="T1", id=f"U{number}", name=f"M{number}"),
            score=90,
            text=" ".join(f"word{number}.{at}" for at in range(400)),
        )
        for number in range(3)
    ]
    closed = RoundClosed(
        round_id=1,
        local_date=date(2026, 3, 2),
        card=Card(question_id="q", title="T", prompt="P", level=Level.MID, category="c"),
        model_answer="```python\n" + "line = 1\n" * 400 + "```",
        explanation="why " * 900,
        rubric=(),
        links=(),
        best=tuple(best),
        answers=3,
        board=Board(period=Period.SEASON, start=date(2026, 1, 1), rows=(), members=0),
    )
    *parts, pointer = render(closed)
    text = "\n".join(shown({"blocks": part.blocks}) for part in parts)
    assert len(parts) > 1
    assert all(f"word{number}.399" in text for number in range(3))
    assert text.count("line = 1") == 400
    assert text.count("```") % 2 == 0
    assert (pointer.broadcast, any(part.broadcast for part in parts)) == (True, False)


def test_thread_mode_has_no_answer_button() -> None:
    posted = QuestionPosted(
        round_id=1,
        local_date=date(2026, 3, 2),
        card=Card(question_id="q", title="T", prompt="P", level=Level.MID, category="c"),
        closes_at=AT,
        zone="UTC",
        answers=AnswerMode.THREAD,
    )
    (message,) = render(posted)
    assert [element["action_id"] for element in message.blocks[-1]["elements"]] == ["result"]
