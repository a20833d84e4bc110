"""Modals: where members answer or appeal, and where admins decide; and what comes back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import available_timezones

from bot.core.appeals import MAX_REASON
from bot.core.challenges import DAYS, AnswerMode, ChallengeSettings
from bot.core.grading import Mode
from bot.core.intents import Card, Case
from bot.core.questions import Level
from bot.platforms.slack.blocks import Block, fit, plain_text
from bot.platforms.slack.render import card, case

ANSWER_VIEW: Final = "answer_view"
CHALLENGE_VIEW: Final = "challenge_view"
APPEAL_VIEW: Final = "appeal_view"
RULING_VIEW: Final = "ruling_view"
VALUE: Final = "value"
"""The callback ids of the modals, and the action id of every input."""

_ANSWER_LIMIT: Final = 3000
_LABELS: Final = 150
_GROUP: Final = 100
_REGIONS: Final = frozenset(
    "Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific".split()
)
_TOLD: Final = (
    "The id of a channel that I am in, or of a member; none: /challenge appeals shows them"
)
_DAY_NAMES: Final = tuple(f"{date(2024, 1, day):%A}" for day in range(1, 8))
_MODES: Final = {
    AnswerMode.BOTH: "In the thread or privately, as members like",
    AnswerMode.THREAD: "In the thread, for all to see",
    AnswerMode.PRIVATE: "Privately, shown at the close",
}
_GRADERS: Final = {
    Mode.KEYWORD: "The rubric alone",
    Mode.ASSIST: "The rubric, and a language model where it is in doubt",
    Mode.LLM: "A language model, with the rubric's arithmetic",
}


def answer_modal(shown: Card, metadata: Mapping[str, object]) -> Block:
    """Where a member types an answer; ``metadata`` comes back with it."""
    bottom = [_input("answer", "Your answer", _area(_ANSWER_LIMIT))]
    blocks = fit(card(shown), bottom, view=True)
    return _modal(ANSWER_VIEW, "Your answer", "Send", blocks, metadata)


def appeal_modal(metadata: Mapping[str, object]) -> Block:
    """Where a member says why they disagree, if they like."""
    why = _input("why", "What was overlooked? A sentence helps.", _area(MAX_REASON), optional=True)
    return _modal(APPEAL_VIEW, "I disagree", "Appeal", [why], metadata)


def ruling_modal(shown: Case, metadata: Mapping[str, object]) -> Block:
    """Where a moderator rules on a case, with all of it above."""
    decision: Block = {"type": "plain_text_input", "max_length": _ANSWER_LIMIT}
    hint = "keep, or score=80, or points such as lemon=met salt=partial pepper=unmet"
    bottom = [
        {**_input("decision", "Your ruling", decision), "hint": plain_text(hint, _LABELS)},
        _input("reason", "Why? The member sees this.", _area(MAX_REASON)),
    ]
    blocks = fit(list(case(shown)), bottom, view=True)
    return _modal(RULING_VIEW, f"Case {shown.appeal_id}", "Rule", blocks, metadata)


def challenge_modal(
    settings: ChallengeSettings,
    categories: Mapping[str, str],
    metadata: Mapping[str, object],
) -> Block:
    """Every setting of a challenge, as it is now."""
    texts = settings.texts()
    days = [(DAYS[number], _DAY_NAMES[number]) for number in range(7)]
    levels = [(level.value, level.value) for level in Level]
    blocks = [
        _input("time", "Time of day", {"type": "timepicker", "initial_time": texts["time"]}),
        _input("zone", "Time zone", _zones(settings.zone)),
        _input("weekdays", "On", _boxes(days, [DAYS[day] for day in settings.weekdays])),
        _input("categories", "Categories", _menu(categories, settings.categories), optional=True),
        _input("levels", "Levels", _boxes(levels, settings.levels), optional=True),
        _input("answers", "Answers are given", _radio(_MODES, settings.answers)),
        _input("length", "A round is open for", _typed(texts["length"])),
        _input("holidays", "Not on holidays of", _typed(texts["holidays"]), optional=True),
        _input("days-off", "Not on these dates", _typed(texts["days-off"]), optional=True),
        _input("grader", "Answers are graded by", _radio(_GRADERS, settings.grader)),
        _input("appeals", "Appeals are told to", _typed(texts["appeals"]), optional=True)
        | {"hint": plain_text(_TOLD, _LABELS)},
    ]
    return _modal(CHALLENGE_VIEW, "Daily challenge", "Save", blocks, metadata)


def typed(view: Mapping[str, Any], name: str) -> str:
    """What somebody typed into an input."""
    return str(_state(view, name).get("value") or "")


def challenge_texts(view: Mapping[str, Any]) -> dict[str, str]:
    """Setting names and texts, as the challenge modal was filled in."""
    return {
        "time": str(_state(view, "time").get("selected_time") or ""),
        "zone": _chosen(view, "zone"),
        "weekdays": ",".join(_all_chosen(view, "weekdays")),
        "categories": ",".join(_all_chosen(view, "categories")) or "all",
        "levels": ",".join(_all_chosen(view, "levels")) or "all",
        "answers": _chosen(view, "answers"),
        "length": typed(view, "length"),
        "holidays": typed(view, "holidays") or "none",
        "days-off": typed(view, "days-off") or "none",
        "grader": _chosen(view, "grader"),
        "appeals": typed(view, "appeals") or "none",
    }


def faulty_input(sentence: str, texts: Mapping[str, str]) -> str:
    """The input that an error's sentence is about."""
    return next((name for name in texts if sentence.startswith(name)), "categories")


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What was put into a modal when it was opened."""
    found = json.loads(view.get("private_metadata") or "{}")
    return found if isinstance(found, dict) else {}


def _modal(
    callback: str,
    title: str,
    submit: str,
    blocks: Iterable[Block],
    metadata: Mapping[str, object],
) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(title, 24),
        "submit": plain_text(submit, 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": json.dumps(metadata),
        "blocks": list(blocks),
    }


def _input(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, _LABELS),
        "optional": optional,
        "element": {**element, "action_id": VALUE},
    }


def _option(value: str, label: str) -> Block:
    return {"text": plain_text(label, 75), "value": value}


def _zones(current: str) -> Block:
    """All zones by region; a menu takes a hundred in one group."""
    names = {name for name in available_timezones() if name.split("/")[0] in _REGIONS}
    groups: list[Block] = []
    for region in ("UTC", *sorted(_REGIONS)):
        mine = sorted(name for name in {*names, "UTC", current} if name.split("/")[0] == region)
        groups += [
            {
                "label": plain_text(region, 75),
                "options": [_option(name, name) for name in mine[at : at + _GROUP]],
            }
            for at in range(0, len(mine), _GROUP)
        ]
    if not any(option["value"] == current for group in groups for option in group["options"]):
        groups.append({"label": plain_text("Other", 75), "options": [_option(current, current)]})
    return {
        "type": "static_select",
        "option_groups": groups,
        "initial_option": _option(current, current),
    }


def _boxes(choices: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Block:
    options = [_option(value, label) for value, label in choices]
    return _chosen_first({"type": "checkboxes", "options": options}, options, chosen)


def _menu(choices: Mapping[str, str], chosen: Sequence[str]) -> Block:
    options = [_option(value, label) for value, label in list(choices.items())[:_GROUP]]
    return _chosen_first({"type": "multi_static_select", "options": options}, options, chosen)


def _chosen_first(element: Block, options: Sequence[Block], chosen: Sequence[str]) -> Block:
    """An element with its initial options, which Slack wants left out where there are none."""
    initial = [option for option in options if option["value"] in chosen]
    return element | ({"initial_options": initial} if initial else {})


def _radio(choices: Mapping[AnswerMode, str] | Mapping[Mode, str], current: str) -> Block:
    options = [_option(mode.value, label) for mode, label in choices.items()]
    initial = next(option for option in options if option["value"] == current)
    return {"type": "radio_buttons", "options": options, "initial_option": initial}


def _area(limit: int) -> Block:
    return {"type": "plain_text_input", "multiline": True, "max_length": limit}


def _typed(text: str) -> Block:
    return {"type": "plain_text_input", "initial_value": text, "max_length": _ANSWER_LIMIT}


def _state(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = view.get("state", {}).get("values", {}).get(name, {}).get(VALUE)
    return found if isinstance(found, Mapping) else {}


def _chosen(view: Mapping[str, Any], name: str) -> str:
    return str((_state(view, name).get("selected_option") or {}).get("value") or "")


def _all_chosen(view: Mapping[str, Any], name: str) -> list[str]:
    return [str(option["value"]) for option in _state(view, name).get("selected_options") or []]
