"""Intents as Discord messages: pure, within the documented limits whatever the text."""

from typing import Final

from bot.core import wording
from bot.core.challenges import AnswerMode
from bot.core.intents import (
    Appeals,
    BestAnswer,
    Board,
    Card,
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
from bot.core.people import Member
from bot.core.standings import MAX_FREEZES, ROUNDS_PER_FREEZE, Period, Standing
from bot.platforms.discord import ids
from bot.platforms.discord.cases import case_pages
from bot.platforms.discord.pages import (
    BLUE,
    DANGER,
    DESCRIPTION,
    FIELD_VALUE,
    GREEN,
    GREY,
    PRIMARY,
    RED,
    SAYS,
    THREAD_NAME,
    TITLE,
    YELLOW,
    Json,
    Page,
    button,
    embed,
    pack,
)
from bot.platforms.discord.receipts import receipt_page
from bot.platforms.discord.text import clean, escape, excerpt, line, moment
from bot.platforms.markdown import shorten, split

_LEVEL_COLORS: Final = {"junior": GREEN, "mid": YELLOW, "senior": RED}
_BEST: Final = 1500
_PROMPT: Final = 1600
_HINT: Final = 300
_SETTING: Final = 400
_NAME: Final = 64
NO_CONTENT: Final = (
    "I cannot read messages here, so answers come through the Answer button. For answers in the"
    " thread, switch on Message Content Intent for this bot in Discord's developer portal"
    " and start it again."
)


def render(
    intent: Intent,
    marker: str = "",
    *,
    reads: bool = True,
    hints: int = 0,
    wish: str = "",
    server: str = "",
) -> tuple[Page, ...]:
    """The messages that show ``intent``, most often one.

    ``marker`` tells this message from every other; ``reads`` says whether the bot can read
    messages in threads. Of a practice question, ``hints`` is how many hints are shown, and
    ``wish`` is what it was chosen by. ``server`` is where a receipt comes from, since it may
    be read in a direct message.
    """
    match intent:
        case Appeals():
            return case_pages(intent)
        case RoundClosed():
            return _closed(intent, marker)
        case QuestionPosted():
            page = _question(intent, marker, reads=reads)
        case QuizPosted():
            page = _quiz(intent, hints, wish)
        case Receipt():
            page = receipt_page(intent, marker, wish, server)
        case Board():
            page = _board_page(intent)
        case Progress():
            page = _progress(intent)
        case ChallengeShown():
            page = _challenge(intent, reads=reads)
        case Notice():
            page = _notice(intent, marker)
    return (page,)


def thread_name(posted: QuestionPosted) -> str:
    """The name of the thread under a question."""
    day = posted.local_date
    name = f"{day.day} {day:%b}: {' '.join(clean(posted.card.title).split())}"
    return shorten(name, THREAD_NAME)


def forget_page() -> Page:
    """Asks before everything is removed."""
    text = "This removes everything that you wrote and scored here, on every leaderboard, for good."
    press = button("Forget me", ids.FORGET, DANGER)
    return Page(embeds=(embed(text, color=RED),), buttons=(press,))


def _card(card: Card, heading: str) -> Json:
    meta = f"**{card.level.value}** · {line(card.category, 100)}"
    return embed(
        f"{meta}\n\n{excerpt(clean(card.prompt), _PROMPT)}",
        author=heading,
        title=line(card.title, TITLE),
        color=_LEVEL_COLORS[card.level.value],
    )


def _question(posted: QuestionPosted, marker: str, *, reads: bool) -> Page:
    day = posted.local_date
    part = _card(posted.card, f"Question of {day:%A}, {day.day} {day:%B}")
    way = _way_in(posted.answers, reads=reads)
    first = "A new question replaces the earlier one.\n" if posted.replaces_earlier else ""
    closes = f"Open until {moment(posted.closes_at)} ({moment(posted.closes_at, 'R')})."
    part["description"] += f"\n\n{first}{way}\n{closes}"
    role = int(posted.ping) if posted.ping and posted.ping.isdecimal() else None
    mark = ids.custom_id(ids.RESULT, posted.round_id, marker)
    answer = ids.custom_id(ids.ANSWER, posted.round_id, posted.card.question_id)
    by_button = not reads or posted.answers is not AnswerMode.THREAD
    buttons = [button("Answer", answer, PRIMARY)] if by_button else []
    return Page(
        content=f"<@&{role}>" if role else "",
        embeds=(part,),
        buttons=(*buttons, button("My result", mark)),
        mark=mark,
        role=role,
    )


def _way_in(answers: AnswerMode, *, reads: bool) -> str:
    if not reads or answers is AnswerMode.PRIVATE:
        return "Press **Answer**; only you see your result until the round closes."
    if answers is AnswerMode.THREAD:
        return "Answer in the thread below; **My result** shows you how you did."
    return "Answer in the thread below, or privately with **Answer**."


def _quiz(posted: QuizPosted, hints: int, wish: str) -> Page:
    part = _card(posted.card, "Quiz")
    part["footer"] = {"text": "Practice: only you see this, and it is not on the leaderboard."}
    given = [f"**Hint {n}.** {line(hint, _HINT)}" for n, hint in enumerate(posted.hints, 1)][:hints]
    more = len(given) < len(posted.hints)
    hint_id = ids.custom_id(ids.HINT, posted.quiz_id, wish, len(given) + 1)
    return Page(
        embeds=(part, embed("\n".join(given), color=GREY)) if given else (part,),
        buttons=(
            button("Answer", ids.custom_id(ids.TRY, posted.quiz_id, wish), PRIMARY),
            button("Hint" if more else "No more hints", hint_id, disabled=not more),
            button("Next", ids.custom_id(ids.QUIZ, wish)),
        ),
    )


def _closed(closed: RoundClosed, marker: str) -> tuple[Page, ...]:
    day = closed.local_date
    heading = f"Round of {day:%A} {day.day} {day:%B} closed: {line(closed.card.title, 160)}"
    parts = [
        embed(piece, title=title, color=GREEN)
        for title, piece in _headed(heading, clean(closed.model_answer))
    ]
    parts.append(embed(_rubric(closed), title="What counted", color=GREEN))
    parts.append(embed(_background(closed), title="Why", color=GREY))
    parts += [_best(answer) for answer in closed.best]
    parts.append(_board(closed.board))
    messages = pack(parts)
    pages = [Page(embeds=each) for each in messages[:-1]]
    mark = ids.custom_id(ids.RESULT, closed.round_id, marker)
    buttons = (
        button("My result", mark, PRIMARY),
        button("Leaderboard", ids.custom_id(ids.BOARD, Period.SEASON, f"new:{marker}")),
        button("Practise", ids.custom_id(ids.QUIZ, "", marker)),
    )
    return (*pages, Page(embeds=messages[-1], buttons=buttons, mark=mark))


def _headed(heading: str, text: str) -> list[tuple[str, str]]:
    """The pieces of the model answer, the first under the heading."""
    first = f"**Model answer**\n{text}"
    pieces = split(first, DESCRIPTION)
    return [(heading if number == 0 else "", piece) for number, piece in enumerate(pieces)]


def _rubric(closed: RoundClosed) -> str:
    rows = []
    for row in closed.rubric:
        made = f"made by {row.made_by} of {closed.answers}" if closed.answers else "no answers"
        rows.append(f"**{row.weight} ×** {line(row.says, SAYS)} ({made})")
    if not closed.answers:
        rows.append("Nobody answered this time.")
    return excerpt("\n".join(rows), DESCRIPTION)


def _background(closed: RoundClosed) -> str:
    links = [f"[{line(link.title, 100)}](<{link.url}>)" for link in closed.links[:5]]
    kept = [link for link in links if len(link) <= FIELD_VALUE // 2]
    more = "\nRead more: " + ", ".join(kept) if kept else ""
    return excerpt(clean(closed.explanation), DESCRIPTION - len(more)) + more


def _best(answer: BestAnswer) -> Json:
    name = _name(answer.member)
    return embed(
        excerpt(escape(answer.text), _BEST),
        title=f"Best answer, {answer.score} of 100: {name}",
        color=BLUE,
    )


def _board_page(board: Board) -> Page:
    last = board.offset + len(board.rows)
    period = board.period.value
    earlier = ids.custom_id(ids.BOARD, period, max(0, board.offset - 10))
    later = ids.custom_id(ids.BOARD, period, max(last, board.offset + 1))
    turns = (
        button("◀ Back", earlier, disabled=board.offset == 0),
        button("Next ▶", later, disabled=last >= board.members),
    )
    paged = board.members > len(board.rows)
    return Page(embeds=(_board(board),), buttons=turns if paged else ())


def _board(board: Board) -> Json:
    title = f"Leaderboard: {wording.PERIODS[board.period]}"
    rows = [_row(row) for row in board.rows] or [wording.empty_board(board)]
    if board.own is not None:
        rows += ["…", _row(board.own)]
    sentence = wording.waiting(board)
    if sentence:
        rows.append(f"\n{sentence}")
    shown = f"{board.offset + 1} to {board.offset + len(board.rows)} of {board.members}"
    footer = shown if board.members > len(board.rows) else ""
    return embed(excerpt("\n".join(rows), DESCRIPTION), title=title, color=BLUE, footer=footer)


def _name(member: Member) -> str:
    return line(member.name, _NAME) or "A member"


def _row(row: Standing) -> str:
    name = _name(row.member)
    points = wording.count(row.points, "point")
    rounds = wording.count(row.rounds, "round")
    return f"**{row.rank}.** {name}: **{points}** in {rounds} (⌀ {row.average:.1f})"


def _progress(progress: Progress) -> Page:
    streak = progress.streak
    fields = {
        "Rounds": f"{progress.rounds}{_average(progress.average)}",
        "Streak": f"{wording.count(streak.current, 'round')}, longest {streak.longest}",
        "Freezes": f"{streak.freezes} of {MAX_FREEZES} (one for every {ROUNDS_PER_FREEZE} in a"
        " row)",
        "Practice": f"{progress.quizzes}{_average(progress.quiz_average)}",
        "Strongest": _category(progress.strongest),
        "Weakest": _category(progress.weakest),
    }
    title = f"Progress of {_name(progress.member)}"
    return Page(embeds=(embed("", title=title, color=BLUE, fields=fields),))


def _average(average: float | None) -> str:
    return "" if average is None else f", {average:.1f} points on average"


def _category(row: CategoryScore | None) -> str:
    if row is None:
        return "not known yet"
    answers = wording.count(row.answers, "answer")
    return f"{line(row.category, 400)} ({row.average:.1f} over {answers})"


def _challenge(shown: ChallengeShown, *, reads: bool) -> Page:
    fields = {name: excerpt(escape(text), _SETTING) or "–" for name, text in shown.settings.items()}
    ping = shown.settings.get("ping", "")
    if ping.isdecimal():
        fields["ping"] = f"<@&{ping}>"
    fields["questions"] = f"{shown.questions} fit"
    if shown.open_until is not None:
        fields["open until"] = moment(shown.open_until)
    following = "paused" if shown.paused else "none planned in the next seven days"
    fields["next round"] = moment(shown.next_round) if shown.next_round else following
    return Page(
        embeds=(
            embed(
                "" if reads else f"⚠️ {NO_CONTENT}",
                title=f"Challenge of #{line(shown.channel.name or shown.channel.id, _NAME)}",
                color=BLUE if reads else YELLOW,
                fields=fields,
            ),
        )
    )


def _notice(notice: Notice, marker: str) -> Page:
    color = YELLOW if notice.tone is Tone.SORRY else BLUE
    part = embed(excerpt(escape(notice.text), DESCRIPTION), color=color)
    if not marker:
        return Page(embeds=(part,))
    mark = ids.custom_id(ids.QUIZ, "", marker)
    return Page(embeds=(part,), buttons=(button("Practise", mark),), mark=mark)
