"""Every intent, with hostile and enormous text, stays within Discord's documented limits."""

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
from bot.platforms.discord import ids
from bot.platforms.discord.forms import answer_form, appeal_form, quiz_form, rule_form
from bot.platforms.discord.pages import Page, size
from bot.platforms.discord.render import forget_page, render, thread_name
from bot.platforms.discord.text import clean, escape, excerpt, line
from tests.platforms.discord.state import check_message

CHANNEL = Channel(platform="discord", workspace="100", id="101", name="general")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NASTY = [
    "@everyone @here <@1> <@&2> <#3> </quiz:4>",
    "```python\nprint('x')\n```",
    "``` never closed ",
    "~~~\ncode\n~~~",
    "[a link](https://evil.example)",
    "\\\\\\",
    "\u202egnirts\u202c \x00 \x1b[2J \u200b",
    "**bold** __under__ ||spoiler|| > quote\n# heading\n- item",
    "🧑‍💻" * 5,
    "ﷺ" * 40,
]

letters = st.characters(exclude_categories=["Cs"])
piece = st.one_of(st.sampled_from(NASTY), st.text(letters, max_size=30))


def texts(limit: int) -> st.SearchStrategy[str]:
    """Text of up to ``limit`` characters, often exactly as much."""

    def stretch(parts: list[str], times: int) -> str:
        return ("".join(parts) * times)[:limit].strip() or "x"

    return st.builds(stretch, st.lists(piece, min_size=1, max_size=4), st.sampled_from([1, 3, 999]))


def one_line(text: str) -> str:
    return " ".join(text.split()) or "x"


def tuples(part: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(part, max_size=most).map(tuple)


cards = st.builds(
    Card,
    question_id=st.from_regex(r"[a-z0-9]{1,60}", fullmatch=True),
    title=texts(80),
    prompt=texts(1500),
    level=st.sampled_from(Level),
    category=texts(400),
)
members = st.builds(
    Member,
    platform=st.just("discord"),
    workspace=st.just("100"),
    id=st.integers(1, 10**19).map(str),
    name=texts(100),
)
standings = st.builds(
    Standing,
    rank=st.integers(1, 10**6),
    member=members,
    points=st.integers(0, 10**7),
    rounds=st.integers(1, 10**5),
)
boards = st.builds(
    Board,
    period=st.sampled_from(Period),
    start=st.just(date(2026, 1, 1)),
    rows=tuples(standings, 10),
    members=st.integers(10, 10**6),
    offset=st.sampled_from([0, 10, 990]),
    own=st.none() | standings,
    waiting=st.integers(0, 3),
)
receipts = st.builds(
    Receipt,
    round_id=st.none() | st.integers(1, 10**9),
    title=texts(80),
    score=st.none() | st.integers(0, 100),
    in_full=st.booleans(),
    practice=st.booleans(),
    revision=st.integers(1, 10**4),
    made=tuples(
        st.builds(
            MadePoint,
            says=texts(400),
            quote=st.just("") | texts(4000),
            in_full=st.booleans(),
            judge=st.sampled_from(Judge),
        ),
        12,
    ),
    missing_points=st.integers(0, 12),
    missed=tuples(st.builds(MissedPoint, says=texts(400), hint=texts(400)), 12),
    wrong=tuples(st.builds(WrongClaim, quote=texts(4000), truth=st.none() | texts(400)), 8),
    flags=tuples(st.sampled_from(Flag), 3),
    explanation=st.none() | texts(1500),
    follow_up=st.none() | texts(400),
    closes_at=st.none() | st.just(NOON),
    under_review=st.booleans(),
    remarks=tuples(texts(600), 4),
    grading_id=st.none() | st.integers(1, 10**9),
)
points = st.builds(
    CasePoint,
    id=texts(60),
    says=texts(400),
    verdict=st.sampled_from(["met", "partial", "unmet"]),
    quote=st.none() | texts(4000),
    judge=st.sampled_from(Judge),
)
cases = st.builds(
    Case,
    appeal_id=st.integers(1, 10**9),
    channel=st.just(CHANNEL),
    card=cards,
    answer=texts(4000),
    score=st.none() | st.integers(0, 100),
    points=tuples(points, 12),
    wrong=tuples(st.builds(CaseClaim, id=texts(60), quote=texts(4000), truth=texts(400)), 8),
    flags=tuples(st.sampled_from(Flag), 3),
    why=st.just("") | texts(500),
    doubt=st.none() | st.sampled_from(Doubt),
    proposed=st.none() | st.integers(0, 100),
)
category_scores = st.none() | st.builds(
    CategoryScore, category=texts(400), average=st.floats(0, 100), answers=st.integers(1, 999)
)
shown_settings = st.fixed_dictionaries(
    {name: texts(5000) for name in ChallengeSettings().texts() if name != "ping"},
    optional={"ping": st.just("123")},
)
intents: st.SearchStrategy[Intent] = st.one_of(
    st.builds(
        QuestionPosted,
        round_id=st.integers(1, 10**9),
        local_date=st.just(date(2026, 3, 2)),
        card=cards,
        closes_at=st.just(NOON),
        zone=st.just("UTC"),
        answers=st.sampled_from(AnswerMode),
        ping=st.none() | st.just("123") | st.just("everyone"),
        replaces_earlier=st.booleans(),
    ),
    st.builds(QuizPosted, quiz_id=st.integers(1, 10**9), card=cards, hints=tuples(texts(400), 12)),
    receipts,
    boards,
    st.builds(
        RoundClosed,
        round_id=st.integers(1, 10**9),
        local_date=st.just(date(2026, 3, 2)),
        card=cards,
        model_answer=texts(4000),
        explanation=texts(1500),
        rubric=tuples(
            st.builds(RubricLine, says=texts(400), weight=st.integers(1, 5), made_by=st.just(2)), 12
        ),
        links=tuples(
            st.builds(Link, title=texts(400).map(one_line), url=st.just("https://example.org/a")), 9
        ),
        best=tuples(
            st.builds(BestAnswer, member=members, score=st.integers(0, 100), text=texts(4000)), 3
        ),
        answers=st.integers(0, 99),
        board=boards,
    ),
    st.builds(
        Progress,
        member=members,
        rounds=st.integers(0, 999),
        average=st.none() | st.floats(0, 100),
        streak=st.just(Streak(current=1, longest=2)),
        quizzes=st.integers(0, 999),
        quiz_average=st.none() | st.floats(0, 100),
        strongest=category_scores,
        weakest=category_scores,
    ),
    st.builds(
        ChallengeShown,
        channel=st.just(CHANNEL),
        settings=shown_settings,
        paused=st.booleans(),
        questions=st.integers(0, 999),
        next_round=st.none() | st.just(NOON),
        open_until=st.none() | st.just(NOON),
        zone=st.just("UTC"),
    ),
    st.builds(Notice, text=texts(9000), tone=st.sampled_from(Tone)),
    st.builds(Appeals, cases=tuples(cases, 3), waiting=st.integers(0, 99)),
)
markers = st.just("round:1000000000:" + "q" * 60) | st.just("")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(intent=intents, marker=markers, reads=st.booleans(), hints=st.integers(0, 12))
def test_every_message_is_within_the_limits(
    *, intent: Intent, marker: str, reads: bool, hints: int
) -> None:
    more: Any = {"reads": reads, "hints": hints, "wish": "w" * 60, "server": "1" * 19}
    pages = render(intent, marker, **more)
    for page in pages:
        check_message(page.to_json())
        assert sum(map(size, page.embeds)) <= 6000
        assert page.mark is None or page.mark in {each["custom_id"] for each in page.buttons}
        assert page.to_json()["allowed_mentions"]["parse"] == []
        for embed in page.embeds:
            description = embed.get("description", "")
            assert description.count("```") % 2 == 0
    assert render(intent, marker, **more) == pages


@settings(max_examples=200, deadline=None)
@given(text=texts(3000))
def test_what_members_write_has_no_effect(text: str) -> None:
    shown = escape(text)
    outside = re.sub(r"```[\s\S]*?```", "", shown)
    assert not re.search(r"(?<!\\)(?:\\\\)*[@<\[*_~|`]", outside)
    assert "\u202e" not in shown
    assert "\x1b" not in shown


@settings(max_examples=200, deadline=None)
@given(text=texts(9000), limit=st.integers(64, 4096))
def test_an_excerpt_fits_and_closes_its_code(text: str, limit: int) -> None:
    shown = excerpt(text, limit)
    assert len(shown) <= limit
    assert shown.count("```") % 2 == 0
    assert len(line(text, limit)) <= limit
    assert "\n" not in line(text, limit)


@given(card=cards)
def test_threads_and_forms_are_within_the_limits(card: Card) -> None:
    posted = QuestionPosted(
        round_id=1,
        local_date=date(2026, 3, 2),
        card=card,
        closes_at=NOON,
        zone="UTC",
        answers=AnswerMode.BOTH,
    )
    assert 1 <= len(thread_name(posted)) <= 100
    for form in (
        answer_form("1000000000", card.question_id),
        quiz_form(QuizPosted(quiz_id=1, card=card, hints=()), "w" * 60),
        appeal_form(f"appeal:{10**9}:{10**19}"),
        rule_form(f"rule:{10**19}:{10**19}:{10**9}", str(10**9)),
    ):
        assert 1 <= len(form.title) <= 45
        assert len(form.custom_id) <= 100
        for field in form.fields:
            assert 1 <= len(field.label) <= 45
            assert len(field.placeholder) <= 100
            assert 1 <= field.most <= 4000


def test_ids_say_what_they_mean() -> None:
    text = ids.custom_id(ids.RESULT, 7, "round:7:apples")
    press = ids.parse(text)
    assert press.action == "result"
    assert press.argument(0) == "7"
    assert press.argument(9) == ""


@pytest.mark.parametrize(
    "answers,reads,labels",
    [
        (AnswerMode.BOTH, True, ["Answer", "My result"]),
        (AnswerMode.THREAD, True, ["My result"]),
        (AnswerMode.PRIVATE, True, ["Answer", "My result"]),
        (AnswerMode.THREAD, False, ["Answer", "My result"]),
    ],
)
def test_the_answer_button_is_there_where_it_counts(
    *, answers: AnswerMode, reads: bool, labels: list[str]
) -> None:
    assert [each["label"] for each in question(answers, reads=reads).buttons] == labels


def question(answers: AnswerMode = AnswerMode.BOTH, *, reads: bool = True) -> Page:
    posted = QuestionPosted(
        round_id=7,
        local_date=date(2026, 3, 2),
        card=Card(
            question_id="apples",
            title="About apples",
            prompt="Where do flavours come from?",
            level=Level.JUNIOR,
            category="Food",
        ),
        closes_at=NOON,
        zone="UTC",
        answers=answers,
        ping="555",
    )
    return render(posted, "round:7:apples", reads=reads)[0]


def test_the_daily_post_as_discord_gets_it() -> None:
    assert question().to_json() == {
        "content": "<@&555>",
        "embeds": [
            {
                "author": {"name": "Question of Monday, 2 March"},
                "title": "About apples",
                "description": "**junior** · Food\n\nWhere do flavours come from?\n\n"
                "Answer in the thread below, or privately with **Answer**.\n"
                "Open until <t:1772452800:f> (<t:1772452800:R>).",
                "color": 0x57F287,
            }
        ],
        "components": [
            {
                "type": 1,
                "components": [
                    {
                        "type": 2,
                        "style": 1,
                        "label": "Answer",
                        "custom_id": "answer:7:apples",
                        "disabled": False,
                    },
                    {
                        "type": 2,
                        "style": 2,
                        "label": "My result",
                        "custom_id": "result:7:round:7:apples",
                        "disabled": False,
                    },
                ],
            }
        ],
        "allowed_mentions": {"parse": [], "roles": ["555"]},
    }


def test_forgetting_asks_first() -> None:
    check_message(forget_page().to_json())
    assert [each["custom_id"] for each in forget_page().buttons] == ["forget"]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases)
def test_a_moderator_sees_the_whole_answer_and_every_point(case: Case) -> None:
    pages = render(Appeals(cases=(case,), waiting=3))
    shown = "".join(part.get("description", "") for page in pages for part in page.embeds)
    assert len(re.findall(r"(?:met|partial|unmet) \*\*", shown)) >= len(case.points)
    assert letters_of(case.answer) in letters_of(shown)
    assert [each["label"] for page in pages for each in page.buttons] == ["Rule"]
    assert pages[-1].embeds[-1]["footer"]["text"] == "2 more wait behind these."


def letters_of(text: str) -> str:
    """What is left without markup, and without what a code block is opened anew with."""
    return re.sub(r"[\W_]+", "", clean(text)).replace("python", "")


def test_remarks_and_the_reason_of_a_ruling_are_never_cut() -> None:
    points = [MadePoint(says="s" * 400, quote="*" * 400, in_full=True, judge=Judge.MODERATOR)] * 12
    receipt = Receipt(
        round_id=1,
        title="About apples",
        score=70,
        in_full=True,
        practice=False,
        revision=1,
        made=tuple(points),
        missing_points=0,
        explanation="e" * 1500,
        remarks=("The rubric stands.", "r" * 500),
    )
    (page,) = render(receipt, "ruling:1")
    check_message(page.to_json())
    assert page.embeds[-1]["description"] == f"The rubric stands.\n{'r' * 500}"
    assert page.embeds[1]["description"] == "e" * 1500
    assert "(by a moderator)" in page.embeds[0]["description"]
