"""Small questions, members and channels for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.bank import Bank
from bot.core.people import Channel, Member
from bot.core.questions import Level, Pack, Question
from bot.core.records import EventKind, Incoming, Via

CHANNEL = Channel(platform="console", workspace="local", id="general", name="general")
ADA = Member(platform="console", workspace="local", id="ada", name="Ada")
BOB = Member(platform="console", workspace="local", id="bob", name="Bob")
EVE = Member(platform="console", workspace="local", id="eve", name="Eve")

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""An hour before the default post time, on a working day."""

FULL = (
    "A lemon tastes sour. A melon tastes sweet. Salt comes from the sea. Pepper comes from a plant."
)
HALF = "A lemon tastes sour. A melon tastes sweet."
WRONG = "Sugar comes from the sea."


def make_question(
    question_id: str = "tastes", *, category: str = "food", level: Level = Level.JUNIOR
) -> Question:
    """A question with four points of equal weight: lemon, melon, salt, pepper."""
    points = {
        "lemon": ("A lemon tastes sour.", "lemon + sour"),
        "melon": ("A melon tastes sweet.", "melon + sweet"),
        "salt": ("Salt comes from the sea.", "salt + sea | ocean"),
        "pepper": ("Pepper comes from a plant.", "pepper + plant | shrub"),
    }
    return Question.model_validate(
        {
            "id": question_id,
            "title": f"About {question_id}",
            "prompt": "Where do flavours come from?",
            "level": level,
            "category": category,
            "tags": ["kitchen"],
            "rubric": {
                "concepts": [
                    {"id": name, "says": says, "hint": f"Think of {name}.", "accept": [pattern]}
                    for name, (says, pattern) in points.items()
                ],
                "misconceptions": [
                    {
                        "id": "sugar",
                        "claim": "Sugar comes from the sea.",
                        "truth": "Sugar is pressed from cane or beet.",
                        "patterns": ["sugar + sea"],
                    }
                ],
            },
            "references": [{"voice": "technical", "text": FULL}],
            "explanation": "Fruit, sea and shrubs.",
            "follow_up": "And honey?",
            "links": [{"title": "Flavour", "url": "https://example.org/flavour"}],
        }
    )


def make_bank(questions: Sequence[Question]) -> Bank:
    """A bank of one pack."""
    pack = Pack(
        id="kitchen",
        title="Kitchen",
        description="What cooks know.",
        licence="MIT",
        categories={"food": "Food", "drink": "Drink"},
    )
    return Bank(
        {"kitchen": pack},
        {question.id: question for question in questions},
        {question.id: "kitchen" for question in questions},
    )


def incoming(
    text: str,
    *,
    member: Member = ADA,
    sent_at: datetime = MONDAY + timedelta(hours=2),
    message_id: str = "m1",
    kind: EventKind = EventKind.ANSWER,
    version: str = "",
    via: Via = Via.THREAD,
    round_id: int | None = 1,
    quiz_id: int | None = None,
    question_id: str | None = None,
) -> Incoming:
    """What a member did."""
    return Incoming(
        kind=kind,
        channel=CHANNEL,
        member=member,
        message_id=message_id,
        sent_at=sent_at,
        version=version,
        text=text,
        via=via,
        round_id=round_id,
        quiz_id=quiz_id,
        question_id=question_id,
    )
