"""The windows that buttons open."""

from typing import Final

from bot.core.appeals import MAX_REASON
from bot.core.intents import QuizPosted
from bot.platforms.discord import ids
from bot.platforms.discord.pages import MODAL_TITLE, Field, Form
from bot.platforms.discord.text import clean
from bot.platforms.markdown import shorten

ANSWER: Final = "text"
WHY: Final = "why"
DECISION: Final = "decision"
"""The names of fields."""

_DECISION_LENGTH: Final = 400


def answer_form(round_id: str, question_id: str) -> Form:
    """The window for an answer to a round."""
    placeholder = "A few sentences are enough. Code in ``` marks is fine."
    return Form(
        custom_id=ids.custom_id(ids.ANSWER, round_id, question_id),
        title="Your answer",
        fields=(Field(ANSWER, "Answer in your own words", placeholder),),
    )


def quiz_form(quiz: QuizPosted, wish: str) -> Form:
    """The window for an answer to a practice question."""
    return Form(
        custom_id=ids.custom_id(ids.TRY, quiz.quiz_id, wish),
        title=shorten(clean(quiz.card.title), MODAL_TITLE) or "Your answer",
        fields=(Field(ANSWER, "Answer in your own words"),),
    )


def appeal_form(custom_id: str) -> Form:
    """The window for an appeal."""
    placeholder = "Optional: what does your answer say that was not seen?"
    why = Field(WHY, "Why do you disagree?", placeholder, MAX_REASON, required=False)
    return Form(custom_id=custom_id, title="To the moderators", fields=(why,))


def rule_form(custom_id: str, case: str) -> Form:
    """The window for a ruling."""
    example = "keep, or score=80, or POINT=met POINT=partial POINT=unmet"
    decision = Field(DECISION, "Your decision", example, _DECISION_LENGTH, large=False)
    why = Field(WHY, "Why? The member sees this.", most=MAX_REASON)
    return Form(custom_id=custom_id, title=f"Ruling on case {case}", fields=(decision, why))
