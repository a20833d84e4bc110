"""Practice on demand: one private question, the full receipt at once."""

import difflib
from collections.abc import Sequence

from bot.core.intents import QuizPosted
from bot.core.people import Member
from bot.core.ports import Ports
from bot.core.questions import Level, Question
from bot.core.records import Quiz
from bot.core.rounds import card
from bot.core.selection import choose
from bot.errors import UserError


async def start(ports: Ports, member: Member, wish: str) -> QuizPosted:
    """Give ``member`` a question they have not had, or had longest ago.

    ``wish`` names a category, a tag or a question, and a level, in any order; all optional.

    Raises:
        UserError: nothing fits the wish; says what there is.
    """
    candidates = _fitting(ports, wish)
    uses = await ports.store.quizzes.last_uses(member)
    question = choose(candidates, uses, ":".join(member.key))
    if question is None:
        raise UserError("There are no questions of that category and level; try another.")
    quiz = await ports.store.quizzes.start(member, question)
    return _posted(ports, quiz, question)


async def reopen(ports: Ports, member: Member, quiz_id: int) -> QuizPosted:
    """A quiz that ``member`` was given earlier.

    Raises:
        UserError: it is not theirs, or it is gone.
    """
    quiz = await ports.store.quizzes.get(quiz_id)
    if quiz is None or quiz.member.key != member.key:
        raise UserError("This practice question belongs to somebody else; /quiz gives you one.")
    question = await ports.store.rounds.question(quiz.question_id, quiz.question_version)
    return _posted(ports, quiz, question)


def _posted(ports: Ports, quiz: Quiz, question: Question) -> QuizPosted:
    return QuizPosted(
        quiz_id=quiz.id,
        card=card(ports, question),
        hints=tuple(concept.hint for concept in question.rubric.concepts),
    )


def _fitting(ports: Ports, wish: str) -> Sequence[Question]:
    words = wish.lower().split()
    levels = [Level(word) for word in words if word in set(Level)]
    topic = "-".join(word for word in words if word not in set(Level))
    questions = ports.bank.select(levels=levels)
    if not topic:
        return questions
    names = {name.lower().replace(" ", "-"): slug for slug, name in ports.bank.categories().items()}
    category = names.get(topic, topic)
    fitting = [
        question
        for question in questions
        if topic == question.id or category == question.category or topic in question.tags
    ]
    if not fitting and not _knows(ports, topic, category):
        raise UserError(_unknown(ports, topic))
    return fitting


def _knows(ports: Ports, topic: str, category: str) -> bool:
    return any(
        topic in {question.id, *question.tags} or category == question.category
        for question in ports.bank.select()
    )


def _unknown(ports: Ports, topic: str) -> str:
    categories = list(ports.bank.categories())
    topics = {word for question in ports.bank.select() for word in (question.id, *question.tags)}
    near = difflib.get_close_matches(topic, sorted({*topics, *categories}), n=2, cutoff=0.6)
    if near:
        return f"There is nothing on '{topic}'; did you mean {' or '.join(near)}?"
    return f"There is nothing on '{topic}'; there are {', '.join(categories)}."
