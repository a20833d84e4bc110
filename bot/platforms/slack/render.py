"""Intents as Block Kit: pure, escaped, within the limits whatever the text."""

import json
from collections.abc import Iterator
from typing import Final

from bot.core import wording
from bot.core.challenges import AnswerMode
from bot.core.intents import (
    Appeals,
    Board,
    Card,
    Case,
    CategoryScore,
    ChallengeShown,
    Intent,
    Notice,
    Progress,
    QuestionPosted,
    QuizPosted,
    Receipt,
    RoundClosed,
    Tone,
)
from bot.core.standings import MAX_FREEZES, ROUNDS_PER_FREEZE, Standing
from bot.platforms.markdown import shorten
from bot.platforms.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    fit,
    header,
    lines,
    messages,
    prose,
    section,
    verbatim,
)
from bot.platforms.slack.text import escape, line, until

ANSWER: Final = "answer"
RESULT: Final = "result"
WITHDRAW: Final = "withdraw"
STANDINGS: Final = "standings"
QUIZ_ANSWER: Final = "quiz_answer"
QUIZ_HINT: Final = "quiz_hint"
QUIZ_NEXT: Final = "quiz_next"
DISAGREE: Final = "disagree"
RULE: Final = "rule"
"""The action ids of buttons in messages."""

_NAME: Final = 60
_QUOTE: Final = 160
_SAYS: Final = 400
_PROMPT_SHOWN: Final = 600
_ANSWER_SHOWN: Final = 1500
_NAMED: Final = " (named, not explained)"
_HOW: Final = {
    AnswerMode.THREAD: "Answer in the thread.",
    AnswerMode.PRIVATE: "Answer with the button; nobody sees it before the round closes.",
    AnswerMode.BOTH: "Answer in the thread, or privately with the button.",
}


def render(intent: Intent) -> list[Message]:  # noqa: PLR0911 - one a kind
    """The messages that show ``intent``: one for most, several for a long close or receipt."""
    match intent:
        case QuestionPosted():
            return [_question(intent)]
        case QuizPosted():
            return [quiz(intent)]
        case Receipt():
            return messages(f"Score {wording.score(intent)}", list(_receipt(intent)))
        case RoundClosed():
            return _closed(intent)
        case Board():
            return messages(f"Leaderboard: {wording.PERIODS[intent.period]}", board(intent))
        case Progress():
            return messages("Your progress", progress(intent))
        case ChallengeShown():
            return messages("The challenge's settings", list(_challenge(intent)))
        case Appeals():
            return messages(_waiting(intent), list(_appeals(intent)))
        case Notice():
            sign = ":warning: " if intent.tone is Tone.SORRY else ""
            return messages(intent.text, verbatim(intent.text, sign))


def answer_value(posted: QuestionPosted) -> str:
    """What an Answer button carries: the round, and the question that was on the screen."""
    return json.dumps([posted.round_id, posted.card.question_id])


def _question(posted: QuestionPosted) -> Message:
    day = posted.local_date
    title = f"Question of {day:%A}, {day.day} {day:%B}"
    again = "A new question replaces the earlier one. " if posted.replaces_earlier else ""
    buttons = [button(RESULT, "My result", str(posted.round_id))]
    if posted.answers is not AnswerMode.THREAD:
        buttons.insert(0, button(ANSWER, "Answer", answer_value(posted), "primary"))
    closes = f"{again}Open until {until(posted.closes_at, posted.zone)}. {_HOW[posted.answers]}"
    bottom = [context(closes), actions(*buttons)]
    fallback = f"{title}: {line(posted.card.title, 200)}"
    return Message(fallback, fit([header(title), *card(posted.card)], bottom))


def card(shown: Card) -> list[Block]:
    """A question as blocks."""
    about = f"{shown.level.value} | {line(shown.category, _NAME)} | {line(shown.question_id, 100)}"
    return [section(f"*{line(shown.title, 200)}*"), context(about), *prose(shown.prompt)]


def quiz(posted: QuizPosted, hints: int = 0) -> Message:
    """A practice question with the first ``hints`` of its hints."""
    given = lines(f":bulb: {line(hint, _SAYS)}" for hint in posted.hints[:hints])
    buttons = [button(QUIZ_ANSWER, "Answer", str(posted.quiz_id), "primary")]
    if hints < len(posted.hints):
        buttons.append(button(QUIZ_HINT, "Hint", json.dumps([posted.quiz_id, hints + 1])))
    buttons.append(button(QUIZ_NEXT, "Next question", str(posted.quiz_id)))
    note = context("Practice: only you see this, and it is not on the leaderboard.")
    top = [header("Quiz"), *card(posted.card)]
    return Message(
        f"Quiz: {line(posted.card.title, 200)}", fit(top, [*given, note, actions(*buttons)])
    )


def _receipt(receipt: Receipt) -> Iterator[Block]:
    kind = "Practice" if receipt.practice else f"Answer {receipt.revision}"
    yield section(f"{kind}: *Score {wording.score(receipt)}* | {line(receipt.title, 200)}")
    yield from lines(_points(receipt))
    yield from lines(f"`{flag.value}` {escape(wording.FLAGS[flag])}" for flag in receipt.flags)
    yield from _what_is_missing(receipt)
    yield from lines(f":information_source: {escape(remark)}" for remark in receipt.remarks)
    buttons = []
    if receipt.closes_at is not None:
        buttons.append(button(WITHDRAW, "Withdraw", "mine"))
    if receipt.grading_id is not None:
        buttons.append(button(DISAGREE, "I disagree", str(receipt.grading_id)))
    if buttons:
        yield actions(*buttons)


def _what_is_missing(receipt: Receipt) -> Iterator[Block]:
    if not receipt.in_full:
        yield section(wording.still_missing(receipt))
        if receipt.closes_at is not None:
            when = until(receipt.closes_at, receipt.zone)
            yield context(f"You can improve your answer until {when}.")
        return
    yield from lines(f":small_red_triangle: {line(each.says, _SAYS)}" for each in receipt.missed)
    yield from prose(receipt.explanation or "")
    if receipt.follow_up:
        yield section(f"_Next an interviewer might ask:_ {line(receipt.follow_up, _SAYS)}")


def _points(receipt: Receipt) -> Iterator[str]:
    for made in receipt.made:
        sign, how = (
            (":white_check_mark:", "") if made.in_full else (":large_yellow_circle:", _NAMED)
        )
        judge = wording.JUDGES[made.judge]
        yield f"{sign} {line(made.says, _SAYS)}{how}{judge}{_evidence(made.quote)}"
    for wrong in receipt.wrong:
        truth = f" {line(wrong.truth, _SAYS)}" if wrong.truth else ""
        yield f':x: "{line(wrong.quote, _QUOTE)}" costs points.{truth}'


def _evidence(quote: str | None) -> str:
    return f'\n> "{line(quote, _QUOTE)}"' if quote else ""


def _closed(closed: RoundClosed) -> list[Message]:
    """The close in the thread, and a pointer to it that the channel sees too."""
    day = closed.local_date
    title = f"Round of {day:%A} {day.day} {day:%B} closed"
    parts = messages(title, list(_closing(closed, title)))
    return [*parts, _pointer(closed, title)]


def _closing(closed: RoundClosed, title: str) -> Iterator[Block]:
    yield header(title)
    yield section(f"*{line(closed.card.title, 200)}*")
    yield section("*Model answer*")
    yield from prose(closed.model_answer)
    yield section("*What counted*")
    yield from lines(_rubric(closed))
    yield from prose(closed.explanation)
    yield from lines(f"Read more: {_link(link.title, str(link.url))}" for link in closed.links)
    if closed.best:
        yield divider()
        yield section("*Best answers*")
    for best in closed.best:
        yield from verbatim(best.text, f"*{best.score}* | *{line(best.member.name, _NAME)}:* ")
    if not closed.answers:
        yield section("Nobody answered this time.")
    yield divider()
    yield from board(closed.board)


def _rubric(closed: RoundClosed) -> Iterator[str]:
    for row in closed.rubric:
        made = f"made by {row.made_by} of {closed.answers}" if closed.answers else "no answers"
        yield f"{row.weight} x {line(row.says, _SAYS)} ({made})"


def _link(title: str, url: str) -> str:
    label = line(title, 200).replace("|", "/")
    return f"<{escape(url).replace('|', '%7C')}|{label}>"


def _pointer(closed: RoundClosed, title: str) -> Message:
    said = wording.count(closed.answers, "answer") if closed.answers else "nobody answered"
    leader = closed.board.rows[0] if closed.board.rows else None
    lead = f" {line(leader.member.name, _NAME)} leads." if leader else ""
    text = f"{title}: {said}.{lead} The model answer is in the thread."
    buttons = actions(
        button(RESULT, "My result", str(closed.round_id)),
        button(STANDINGS, "Leaderboard", closed.board.period.value),
    )
    return Message(text, (section(text), buttons), broadcast=True)


def board(shown: Board) -> list[Block]:
    """A leaderboard as blocks."""
    waiting = wording.waiting(shown)
    note = [context(escape(waiting))] if waiting else []
    if not shown.rows:
        return [section(escape(wording.empty_board(shown))), *note]
    rows = [_standing(row) for row in shown.rows]
    if shown.own is not None:
        rows += ["…", _standing(shown.own)]
    title = section(f"*Leaderboard: {wording.PERIODS[shown.period]}*")
    return [title, *lines(rows), *note]


def _standing(row: Standing) -> str:
    name = line(row.member.name or row.member.id, _NAME)
    rounds = wording.count(row.rounds, "round")
    return f"{row.rank}. *{name}* {row.points} points, {rounds}, {row.average:.1f} on average"


def progress(shown: Progress) -> list[Block]:
    """A member's own record as blocks."""
    streak = shown.streak
    freezes = f"{streak.freezes} of {MAX_FREEZES} (one for every {ROUNDS_PER_FREEZE} in a row)"
    rows = {
        "Rounds": f"{shown.rounds}{_average(shown.average)}",
        "Streak": f"{wording.count(streak.current, 'round')}, longest {streak.longest}",
        "Freezes": freezes,
        "Practice": f"{shown.quizzes}{_average(shown.quiz_average)}",
        "Strongest": _category(shown.strongest),
        "Weakest": _category(shown.weakest),
    }
    title = section(f"*Progress of {line(shown.member.name or shown.member.id, _NAME)}*")
    return [title, *lines(f"{name}: {text}" for name, text in rows.items())]


def _average(average: float | None) -> str:
    return "" if average is None else f", {average:.1f} points on average"


def _category(row: CategoryScore | None) -> str:
    if row is None:
        return "not known yet"
    answers = wording.count(row.answers, "answer")
    return f"{line(row.category, _NAME)} ({row.average:.1f} over {answers})"


def _challenge(shown: ChallengeShown) -> Iterator[Block]:
    name = line(shown.channel.name, _NAME)
    yield section(f"*Challenge of #{name}*" if name else "*The challenge of this channel*")
    yield from lines(f"{name}: {line(text, _SAYS)}" for name, text in shown.settings.items())
    yield from lines([f"questions: {shown.questions} fit", *_times(shown)])


def _times(shown: ChallengeShown) -> Iterator[str]:
    if shown.open_until is not None:
        yield f"open until: {until(shown.open_until, shown.zone)}"
    yield f"next round: {next_round(shown)}"


def next_round(shown: ChallengeShown) -> str:
    """When a challenge's next round begins, as mrkdwn."""
    if shown.next_round is not None:
        return until(shown.next_round, shown.zone)
    return "paused" if shown.paused else "none planned in the next seven days"


def _waiting(shown: Appeals) -> str:
    if not shown.waiting:
        return "No answer waits for a moderator."
    verb = "waits" if shown.waiting == 1 else "wait"
    return f"{wording.count(shown.waiting, 'answer')} {verb} for a moderator."


def _appeals(shown: Appeals) -> Iterator[Block]:
    if not shown.cases:
        yield section(_waiting(shown))
        return
    for each in shown.cases:
        yield from case(each, _PROMPT_SHOWN, _ANSWER_SHOWN)
        yield actions(button(RULE, f"Rule on {each.appeal_id}", case_value(each)))
        yield divider()
    if shown.waiting > len(shown.cases):
        yield section(f"{shown.waiting - len(shown.cases)} more wait behind these.")
    yield context("/challenge rule NUMBER score=N, POINT=met|partial|unmet or keep, and why.")


def case_value(shown: Case) -> str:
    """What a Rule button carries: the case, and the channel that it belongs to."""
    return json.dumps([shown.appeal_id, shown.channel.id])


def case(
    shown: Case, prompt_limit: int | None = None, answer_limit: int | None = None
) -> Iterator[Block]:
    """A case as moderators see it; the limits are characters of its longest texts."""
    kind = "Review" if shown.doubt else "Appeal"
    prompt, answer = shown.card.prompt, shown.answer
    yield section(f"*{kind} {shown.appeal_id}: {line(shown.card.title, 200)}*")
    yield from prose(shorten(prompt, prompt_limit or len(prompt)))
    yield from verbatim(shorten(answer, answer_limit or len(answer)), "*Answer:* ")
    said = [f"Why: {escape(shown.why)}"] if shown.why else []
    if shown.doubt is not None:
        said.append(escape(wording.DOUBTS[shown.doubt]))
    yield from lines([*said, f"*{wording.case_score(shown)}*", *_judged(shown)])


def _judged(shown: Case) -> Iterator[str]:
    for point in shown.points:
        says = f"`{point.verdict}` {point.id}: {line(point.says, _SAYS)}"
        yield f"{says}{wording.JUDGES[point.judge]}{_evidence(point.quote)}"
    for wrong in shown.wrong:
        yield f':x: {wrong.id}: "{line(wrong.quote, _QUOTE)}" {line(wrong.truth, _SAYS)}'
    for flag in shown.flags:
        yield f"`{flag.value}` {escape(wording.FLAGS[flag])}"
