"""The keyword grader's speed against rapidfuzz and a plain regex loop over the same phrases.

    uv run python -m tests.benchmarks.grading

All three run over the same answers of about 1,500 characters in this process, one after
the other, on one core. rapidfuzz looks for each option of the rubric as a whole
(``partial_ratio`` of at least 90); the loop searches one compiled pattern an option. Both
only find phrases: no slots, no negation, no false claims, no score.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from rapidfuzz.fuzz import partial_ratio

from bot import bank
from bot.core.questions import Question, parse_slots
from bot.grading.keyword import grade_text

LENGTH = 1500
REPEATS = 5


@dataclass(frozen=True)
class Job:
    """An answer to a question, and every phrase of the question's rubric."""

    question: Question
    answer: str
    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def jobs() -> list[Job]:
    """One long answer a question, made of the answers in its file."""
    return [_job(question) for question in bank.load([bank.shipped_packs()]).select()]


def _job(question: Question) -> Job:
    texts = [ref.text for ref in question.references] + [test.answer for test in question.tests]
    patterns = [pattern for concept in question.rubric.concepts for pattern in concept.accept]
    patterns += [pattern for wrong in question.rubric.misconceptions for pattern in wrong.patterns]
    phrases = sorted({o for pattern in patterns for slot in parse_slots(pattern) for o in slot})
    return Job(
        question,
        " ".join(texts)[:LENGTH],
        tuple(phrases),
        tuple(re.compile(rf"\b{re.escape(phrase)}", re.IGNORECASE) for phrase in phrases),
    )


def ours(job: Job) -> object:
    """Grade the answer."""
    return grade_text(job.question, job.answer)


def fuzzy(job: Job) -> object:
    """Look for every phrase with rapidfuzz."""
    answer = job.answer.lower()
    return [partial_ratio(phrase, answer, score_cutoff=90) for phrase in job.phrases]


def loop(job: Job) -> object:
    """Look for every phrase with a regular expression."""
    return [pattern.search(job.answer) for pattern in job.patterns]


def milliseconds(run: Callable[[Job], object], work: Sequence[Job]) -> list[float]:
    """CPU time of each job, the best of several runs, in ascending order."""
    for job in work:
        run(job)
    best = [float("inf")] * len(work)
    for _ in range(REPEATS):
        for index, job in enumerate(work):
            begin = time.process_time()
            run(job)
            best[index] = min(best[index], 1000 * (time.process_time() - begin))
    return sorted(best)


def main() -> None:
    """Print answers per second, median and 99th percentile of each, and the ratios."""
    work = jobs()
    phrases = round(fmean(len(job.phrases) for job in work))
    print(f"{len(work)} answers of {LENGTH} characters, {phrases} phrases a question on average")
    times = {run.__name__: milliseconds(run, work) for run in (ours, fuzzy, loop)}
    base = fmean(times["ours"])
    for name, row in times.items():
        p99 = row[int(0.99 * (len(row) - 1))]
        print(
            f"{name:6} {1000 / fmean(row):7.0f} answers/s  median {median(row):6.2f} ms"
            f"  p99 {p99:6.2f} ms  {fmean(row) / base:5.2f} x ours"
        )


if __name__ == "__main__":
    main()
