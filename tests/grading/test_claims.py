"""False claims: noticed when said, never read into a right answer."""

import pytest

from bot.core.questions import Question
from bot.grading.keyword import grade_text
from tests.samples import make_question

QUESTION = Question.model_validate(
    {
        **make_question().model_dump(),
        "rubric": {
            "concepts": [
                {
                    "id": "pool",
                    "says": "A plain function runs in a thread pool.",
                    "hint": "Where?",
                    "accept": ["plain function + thread pool"],
                },
                {
                    "id": "bounded",
                    "says": "The size of the pool is bounded.",
                    "hint": "How many?",
                    "accept": ["size | pool + bounded"],
                },
                {
                    "id": "queue",
                    "says": "Callers queue for a free thread.",
                    "hint": "And then?",
                    "accept": ["caller + queue | wait"],
                },
            ],
            "misconceptions": [
                {
                    "id": "unlimited",
                    "claim": "The thread pool grows without any limit under heavy load.",
                    "truth": "The thread pool has forty tokens by default.",
                    "variants": ["There are always enough spare threads for every caller."],
                    "patterns": ["thread pool + grows | unlimited"],
                },
                {
                    "id": "free",
                    "claim": "Starting a fresh thread costs nothing at all.",
                    "truth": "Every thread takes memory and a little time to start.",
                    "patterns": ["thread + costs nothing | free"],
                },
            ],
        },
        "references": [
            {
                "voice": "technical",
                "text": "A plain function runs in a thread pool whose size is bounded, so the"
                " pool never grows beyond forty threads, and callers queue for a free one.",
            }
        ],
    }
)


def accused(text: str) -> list[str]:
    return [hit.id for hit in grade_text(QUESTION, text).misconceptions]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The thread pool grows without any limit under heavy load.", ["unlimited"]),
        ("A pool of threads always grows without any limit under heavy load.", ["unlimited"]),
        ("There are enough spare threads for every caller, always.", ["unlimited"]),
        ("The thread pool never grows without limit under heavy load.", []),
        ("A plain function runs in a thread pool whose size is bounded.", []),
        ("The thread pool has forty tokens, callers wait for a free one.", []),
        ("", []),
    ],
)
def test_what_is_a_false_claim(text: str, expected: list[str]) -> None:
    assert accused(text) == expected


def test_weak_signs_are_no_proof_until_there_are_enough_of_them() -> None:
    weak, other = "Sometimes the thread pool grows.", "I think that a thread is free."
    alike = "Starting a fresh thread, I guess, costs nothing much."
    assert accused(weak) == []
    assert accused(f"{weak} {other}") == []
    assert accused(f"{weak} {other} {alike}") == ["unlimited", "free"]


def test_a_pattern_across_clauses_supports_but_proves_nothing() -> None:
    across = "Look at the thread pool, because demand grows."
    assert accused(f"{across} Is a thread, however, free?") == []
    assert accused(f"{across} Starting a fresh thread costs nothing at all.") == [
        "unlimited",
        "free",
    ]


def test_the_receipt_quotes_the_words_that_make_the_claim() -> None:
    text = "Well. Starting a fresh thread costs nothing at all! So what?"
    (hit,) = grade_text(QUESTION, text).misconceptions
    assert hit.quote == "Starting a fresh thread costs nothing at all"


def test_words_of_a_false_claim_earn_nothing() -> None:
    right = "A plain function runs in a thread pool."
    wrong = "In its plain function the thread pool grows without any limit under heavy load."
    assert grade_text(QUESTION, right).concepts[0].credit == 1
    assert grade_text(QUESTION, wrong).concepts[0].credit == 0


def test_a_false_claim_never_raises_the_score() -> None:
    right = "A plain function runs in a thread pool whose size is bounded."
    claim = "The thread pool grows without any limit under heavy load and callers queue."
    before = grade_text(QUESTION, right).score or 0
    assert (grade_text(QUESTION, f"{right} {claim}").score or 0) < before
