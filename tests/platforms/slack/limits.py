"""Block Kit's documented limits, as a check that knows nothing of the renderer."""

import json
from collections.abc import Iterator
from typing import Any, Final

TEXTS: Final = {
    "section": 3000,
    "context": 2000,
    "header": 150,
    "button": 75,
    "label": 2000,
    "title": 24,
    "option": 75,
}
BLOCKS: Final = {"message": 50, "modal": 100, "home": 100}
MESSAGE_SIZE: Final = 13_200
VIEW_SIZE: Final = 250_000


def faults(blocks: list[dict[str, Any]], surface: str = "message") -> list[str]:
    """Every limit that some blocks break."""
    found = list(_all(blocks))
    if not 0 < len(blocks) <= BLOCKS[surface]:
        found.append(f"{len(blocks)} blocks")
    if surface != "message" and len(json.dumps(blocks)) > VIEW_SIZE:
        found.append("view_too_large")
    if surface == "message" and len(json.dumps(blocks, ensure_ascii=False)) > MESSAGE_SIZE:
        found.append("msg_blocks_too_long")
    return found


def view_faults(view: dict[str, Any]) -> list[str]:
    """Every limit that a view breaks."""
    found = faults(view["blocks"], view["type"])
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata")
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text(view[name], TEXTS["title"], name, plain=True)
    return found


def _all(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "section":
                yield from _text(block["text"], TEXTS["section"], "section")
            case "header":
                yield from _text(block["text"], TEXTS["header"], "header", plain=True)
            case "context":
                if not 0 < len(block["elements"]) <= 10:
                    yield "context elements"
                for element in block["elements"]:
                    yield from _text(element, TEXTS["context"], "context")
            case "actions":
                yield from _actions(block)
            case "input":
                yield from _input(block)
            case "divider":
                pass
            case other:
                yield f"unknown block {other}"


def _actions(block: dict[str, Any]) -> Iterator[str]:
    if not 0 < len(block["elements"]) <= 25:
        yield "actions elements"
    ids = [element["action_id"] for element in block["elements"]]
    if len(ids) != len(set(ids)):
        yield "action_id twice"
    for element in block["elements"]:
        yield from _text(element["text"], TEXTS["button"], "button", plain=True)
        if len(element.get("value", "")) > 2000 or len(element["action_id"]) > 255:
            yield "button value"


def _input(block: dict[str, Any]) -> Iterator[str]:
    for name in ("label", "hint"):
        if name in block:
            yield from _text(block[name], TEXTS["label"], name, plain=True)
    yield from _element(block["element"])


def _element(element: dict[str, Any]) -> Iterator[str]:
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    if len(groups) > 100:
        yield "option_groups"
    most = 10 if element["type"] in {"checkboxes", "radio_buttons"} else 100
    known = [option for group in groups for option in group["options"]]
    for group in groups:
        if "options" in element or "option_groups" in element:
            yield from ["options"] if not 0 < len(group["options"]) <= most else []
    for option in known:
        yield from _text(option["text"], TEXTS["option"], "option", plain=True)
        if len(option["value"]) > 75:
            yield "option value"
    initial = [*element.get("initial_options", [])]
    initial += [element["initial_option"]] if "initial_option" in element else []
    yield from ("initial option" for option in initial if option not in known)
    if not 1 <= element.get("max_length", 1) <= 3000:
        yield "max_length"


def _text(part: dict[str, Any], limit: int, name: str, *, plain: bool = False) -> Iterator[str]:
    if part["type"] != ("plain_text" if plain else "mrkdwn"):
        yield f"{name} type"
    if not 0 < len(part["text"]) <= limit:
        yield f"{name} of {len(part['text'])} characters"
