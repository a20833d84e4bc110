"""Practice: what a wish means, and which question comes."""

import pytest

from bot.core import quizzes
from bot.errors import UserError
from tests.conftest import World
from tests.samples import ADA, BOB


@pytest.mark.parametrize(
    "wish, expected",
    [
        ("", {"apples", "beans", "cocoa"}),
        ("drink", {"cocoa"}),
        ("Drink junior", {"cocoa"}),
        ("junior food", {"apples", "beans"}),
        ("beans", {"beans"}),
        ("kitchen", {"apples", "beans", "cocoa"}),
    ],
)
async def test_a_wish_names_a_category_a_tag_a_question_or_a_level(
    world: World, wish: str, expected: set[str]
) -> None:
    asked = [(await quizzes.start(world.ports, ADA, wish)).card.question_id for _ in range(6)]
    assert set(asked) == expected
    assert asked[: len(expected)] == asked[len(expected) : 2 * len(expected)] or len(expected) == 1


async def test_everybody_has_an_order_of_their_own(world: World) -> None:
    for member in (ADA, BOB):
        first = {(await quizzes.start(world.ports, member, "")).card.question_id for _ in range(3)}
        assert first == {"apples", "beans", "cocoa"}


@pytest.mark.parametrize(
    "wish, sentence",
    [
        ("drinks", "There is nothing on 'drinks'; did you mean drink?"),
        ("quantum", "There is nothing on 'quantum'; there are food, drink."),
        ("food senior", "There are no questions of that category and level; try another."),
    ],
)
async def test_a_wish_that_nothing_fits_is_explained(
    world: World, wish: str, sentence: str
) -> None:
    with pytest.raises(UserError) as caught:
        await quizzes.start(world.ports, ADA, wish)
    assert str(caught.value) == sentence


async def test_hints_come_with_the_question(world: World) -> None:
    quiz = await quizzes.start(world.ports, ADA, "beans")
    assert quiz.hints[0] == "Think of lemon."


async def test_a_quiz_can_be_shown_again_to_its_member_alone(world: World) -> None:
    quiz = await quizzes.start(world.ports, ADA, "beans")
    assert await quizzes.reopen(world.ports, ADA, quiz.quiz_id) == quiz
    for member, quiz_id in ((BOB, quiz.quiz_id), (ADA, 999)):
        with pytest.raises(UserError, match="belongs to somebody else"):
            await quizzes.reopen(world.ports, member, quiz_id)
