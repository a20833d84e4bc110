"""Dialogues as data: what is typed, and what the answer must hold.

Each line is a pair: one line of input, and pieces of text that what follows must show
in this order. Lines are written as for the console; other platforms do what they say in
their own way: a line with just ``.`` sends what was typed, ``/withdraw`` deletes the message,
``/result`` presses a button. ``DIALOGUES`` hold everywhere, ``TYPED`` where people type
commands by hand. No case, no markup and no spacing matters elsewhere than on the console.
"""

from typing import Final

from tests.samples import FULL, HALF, WRONG

Dialogue = list[tuple[str, list[str]]]

DIALOGUES: Final[dict[str, Dialogue]] = {
    "a round": [
        ("", ["Question of", "About", "Where do flavours come from?", "Open until"]),
        ("/as Ada", ["You speak as Ada now."]),
        ("A lemon tastes sour.", []),
        ("A melon tastes sweet.", []),
        (".", ["Answer 1: Score", "lemon tastes sour", "2 of 4 points are still missing."]),
        ("/as Bob", ["You speak as Bob now."]),
        (FULL, []),
        (".", ["Answer 1: Score 100 of 100", "Nothing is missing."]),
        ("/leaderboard", ["Nobody is on the board", "The open round has 2 answers"]),
        ("/close", ["closed", "Model answer", "made by 2 of 2", "Best answer", "Bob", "Ada"]),
        ("/leaderboard today", ["Leaderboard: today", "1", "Bob", "2", "Ada"]),
        ("/result", ["Score 100 of 100"]),
        ("/as ada", []),
        ("/result", ["Salt comes from the sea."]),
        ("/progress", ["Progress of", "Streak", "1 round, longest 1", "0 of 2"]),
    ],
    "two days": [
        (FULL, []),
        ("/tomorrow", ["Score 100", "closed", "Question of", "Open until"]),
        (FULL, []),
        ("/close", ["Score 100", "closed", "you"]),
        ("/leaderboard all", ["Leaderboard: all time", "200", "2", "100.0"]),
        ("/progress", ["2 rounds, longest 2"]),
    ],
    "an open round hides what is missing": [
        (f"{HALF} {WRONG}", []),
        (".", ['"Sugar comes from the sea" costs points.', "2 of 4 points are still missing."]),
        ("/close", ["closed"]),
        ("/result", ["Sugar is pressed from cane or beet.", "Salt comes from the sea."]),
    ],
    "practice": [
        ("/quiz drink", ["Quiz", "About cocoa", "Practice: only you see this"]),
        ("/hint", ["Think of lemon."]),
        ("/hint", ["Think of melon."]),
        (HALF, []),
        (".", ["Practice: Score", "Salt comes from the sea.", "And honey?"]),
        ("/quiz senior", ["There are no questions of that category and level"]),
        ("/quiz qantum", ["There is nothing on 'qantum'"]),
    ],
    "an answer is taken back": [
        (FULL, []),
        ("/withdraw", ["Score 100", "Your answer is withdrawn."]),
        ("/close", ["Nobody answered this time.", "Nobody is on the board"]),
    ],
    "skipping": [
        (FULL, []),
        ("/skip", ["Score 100", "A new question replaces the earlier one."]),
        ("/close", ["Nobody answered this time."]),
        ("/skip", ["No round is open, so there is nothing to skip."]),
        ("/close", ["No round is open, so there is nothing to close."]),
    ],
    "settings": [
        ("/challenge", ["Challenge of #general", "time", "09:00", "weekdays", "next round"]),
        ("/challenge set time 10:30", ["10:30"]),
        ("/challenge set zone=Europe/Berlin levels=junior", ["Europe/Berlin", "junior"]),
        ("/challenge set zone Berlin", ["did you mean Europe/Berlin?"]),
        ("/challenge pause", ["next round", "paused"]),
        ("/challenge pause", ["This challenge is paused already."]),
        ("/challenge resume", ["next round"]),
        ("/challenge remove", ["closed", "The challenge is removed"]),
        ("/challenge", ["This channel has no challenge yet"]),
        ("/challenge setup time=08:00", ["08:00"]),
    ],
    "private answers": [
        ("/challenge set answers private", ["private"]),
        (FULL, []),
        (".", ["Score 100"]),
    ],
    "being quoted, and being forgotten": [
        ("/quote off", ["Your answers may not be shown at the close."]),
        (FULL, []),
        ("/close", ["Score 100", "closed"]),
        ("/quote on", ["Your answers may be shown at the close."]),
        ("/forget me", ["Everything that you wrote and scored is gone."]),
        ("/leaderboard all", ["Nobody is on the board for all time yet."]),
        ("/result", ["You have no answer in this round."]),
    ],
}

TYPED: Final[dict[str, Dialogue]] = {
    "settings by hand": [
        ("/challenge time 11:00", ["11:00"]),
        ("/challenge set time", ["Write settings as NAME=VALUE"]),
        ("/challenge set 'time", ["A quotation mark is not closed."]),
        ("/challenge dance", ["There is no /challenge dance; there are show, create"]),
        ("/challenge pause", ["paused"]),
        ("/tomorrow", ["No round is planned; /challenge show says why."]),
        ("/challenge remove", ["The challenge is removed; standings stay."]),
        ("hello", []),
        (".", ["This channel has no challenge yet"]),
        ("/challenge create time=08:00", ["08:00"]),
        ("/challenge create", ["has a challenge already"]),
    ],
    "out of turn": [
        ("/hint", ["Hints belong to practice"]),
        ("/withdraw", ["You have no answer in an open round."]),
        ("/close", ["closed"]),
        ("hello", []),
        (".", ["No round is open now; /tomorrow opens the next"]),
    ],
    "what is mistyped loses nothing": [
        ("/unknown thing", ["There is no command /unknown; /help lists"]),
        ("/leaderboard decade", ["There is no leaderboard 'decade'; there are today, week"]),
        ("/as", ["Write /as NAME"]),
        ("/quote maybe", ["Write /quote on or /quote off."]),
        ("/forget", ["Write /forget me"]),
        ("A lemon", []),
        ("/sour is what it tastes", []),
        (".", ["Answer 1: Score", "lemon"]),
        (".", []),
        ("", []),
        ("/help", ["a line with just . sends it", "/quiz [category or topic] [level]"]),
    ],
    "an appeal": [
        ("/challenge appeals", ["No answer waits for a moderator."]),
        ("/appeal", ["You have no answer in this round."]),
        ("/as Ada", []),
        (f"{HALF} {WRONG}", []),
        (".", ["Score", "Not right? /appeal puts it before the moderators."]),
        ("/appeal I did say where salt is from.", ["Your appeal is with the moderators"]),
        ("/appeal", ["with the moderators already"]),
        ("/as Mod", []),
        (
            "/challenge appeals",
            [
                "Appeal 1: About",
                "Where do flavours come from?",
                "A lemon tastes sour.",
                "Why: I did say where salt is from.",
                "of 100.",
                "met",
                "lemon: A lemon tastes sour.",
                "unmet",
                "salt:",
                "sugar:",
                "/challenge rule NUMBER",
            ],
        ),
        ("/challenge rule", ["Write a ruling as NUMBER"]),
        ("/challenge rule 7 keep Right.", ["No case 7 waits here"]),
        (
            "/challenge rule 1 salt=met sugar=unmet It is in the last sentence.",
            [
                "Answer 1: Score",
                "Salt comes from the sea. (by a moderator)",
                "A moderator ruled on this, and that is final: It is in the last sentence.",
            ],
        ),
        ("/challenge appeals", ["No answer waits for a moderator."]),
        ("/as Ada", []),
        ("/appeal", ["A moderator has ruled on this answer, and a ruling is final."]),
        ("/result", ["(by a moderator)"]),
        ("/challenge appeals mods", ["appeals", "mods"]),
    ],
}
