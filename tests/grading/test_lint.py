"""The linter of rubrics: every weakness has a sentence, a sound file has none."""

from typing import Any

import pytest

from bot.core.questions import Question
from bot.grading.lint import lint
from tests.samples import FULL, make_question


def faults(rubric: dict[str, object] | None = None, **changes: object) -> list[str]:
    values = make_question().model_dump(mode="json")
    values["rubric"] |= rubric or {}
    question = Question.model_validate(values | changes)
    return [f"{'.'.join(map(str, loc))}: {message}" for loc, message in lint(question)]


def concept(name: str, says: str, *accept: str) -> dict[str, Any]:
    return {"id": name, "says": says, "hint": "Think.", "accept": list(accept)}


def misconception(**changes: object) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "id": "sugar",
        "claim": "Sugar comes from the sea.",
        "truth": "Sugar is pressed from cane or beet.",
        "patterns": ["sugar + sea"],
    }
    return sound | changes


LEMON = concept("lemon", "A lemon tastes sour.", "lemon + sour")
MELON = concept("melon", "A melon tastes sweet.", "melon + sweet")
SALT = concept("salt", "Salt comes from the sea.", "salt + sea")


def test_a_sound_file_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    "concepts, message",
    [
        (
            [concept("lemon", "A lemon tastes sour.", "lemon + sour | so it is"), MELON, SALT],
            "'so it is' has no content word and never matches; drop it or say more",
        ),
        (
            [
                concept("lemon", "A lemon tastes sour.", "lemon + sour", "big red wet sour lemon"),
                MELON,
                SALT,
            ],
            "'big red wet sour lemon' has 5 content words; 4 is the most, use slots instead",
        ),
        (
            [concept("lemon", "A lemon tastes sour.", "lemon + sour", "flavour"), MELON, SALT],
            "'flavour' alone matches nearly any answer; add a second slot",
        ),
        (
            [LEMON, concept("melon", "A lemon tastes sour.", "lemon + sour"), SALT],
            "'melon' and 'lemon' accept the same pattern; tell them apart",
        ),
        (
            [LEMON, concept("melon", "A lemon tastes sour.", "lemon + sour | acid"), SALT],
            "'melon' and 'lemon' are always earned by the same words; tell them apart",
        ),
        (
            [LEMON, MELON, concept("honey", "Honey comes from bees.", "honey + bees")],
            "no reference explains 'honey'; ask for it and answer it, or drop it",
        ),
        (
            [LEMON, MELON, concept("salt", "Salt is mined too.", "salt + sea")],
            "its own sentence does not earn 'salt'; add that wording",
        ),
    ],
)
def test_weak_concepts(concepts: list[dict[str, Any]], message: str) -> None:
    tests = [{"answer": "A lemon tastes sour.", "expect": "half"}]
    references = [
        {"voice": "technical", "text": FULL},
        {"voice": "plain", "text": "Lemon is sour, melon is sweet, salt is from the sea."},
    ]
    found = faults(rubric={"concepts": concepts}, references=references, tests=tests)
    assert any(fault.endswith(message) for fault in found), found


@pytest.mark.parametrize(
    "misconceptions, message",
    [
        (
            [misconception(variants=["Sugar is pressed from cane, or so."])],
            "is not noticed; say it further away from what is true",
        ),
        (
            [
                misconception(truth="Sugar is beet."),
                misconception(id="beet", claim="Sugar is beet.", truth="No."),
            ],
            "is accused of 'beet'; narrow that claim",
        ),
    ],
)
def test_weak_misconceptions(misconceptions: list[dict[str, Any]], message: str) -> None:
    found = faults(rubric={"misconceptions": misconceptions})
    assert any(fault.endswith(message) for fault in found), found


def test_references_must_score_full_marks_unaccused_and_unflagged() -> None:
    found = faults(
        references=[
            {"voice": "technical", "text": FULL},
            {"voice": "plain", "text": "A lemon tastes sour. Sugar comes from the sea, they say."},
            {"voice": "plain", "text": "lemon, sour, melon, sweet, salt, sea, pepper, plant"},
        ]
    )
    assert any(
        each.startswith("references.1.text: scores ")
        and each.endswith("not explained: melon, salt, pepper")
        for each in found
    )
    assert "references.1.text: is accused of 'sugar' for" in "\n".join(found)
    assert "references.2.text: is flagged as keywords" in found


def test_tests_must_land_in_their_band() -> None:
    tests = [{"answer": "Nothing comes to mind here.", "expect": "high"}]
    assert faults(tests=tests) == ["tests.0: scores 0, expected high (80 to 100)"]
