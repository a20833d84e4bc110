"""Loads packs from folders and reports every fault of every file at once.

A pack is a folder with a ``pack.yaml`` and one ``<question id>.yaml`` per question.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Final, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.questions import (
    Concept,
    Level,
    Link,
    Misconception,
    Pack,
    Question,
    QuestionTest,
    Reference,
    Rubric,
)
from bot.errors import PackError, UserError

PACK_FILE: Final = "pack.yaml"
_SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MODELS: Final = (Pack, Question, Rubric, Concept, Misconception, Reference, Link, QuestionTest)
_FIELDS: Final = frozenset(name for model in _MODELS for name in model.model_fields)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in one file, and what would be right."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


_Loc = tuple[int | str, ...]


class Lines(dict[_Loc, int]):
    """Line numbers of a document's fields; a field that is absent has its parent's."""

    def __missing__(self, loc: _Loc) -> int:
        return self[loc[:-1]] if loc else 1


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a question was read from."""

    path: Path
    lines: Lines

    def fault(self, loc: _Loc, message: str) -> Fault:
        """What is wrong at a place inside the file."""
        return Fault(self.path, self.lines[loc], f"{_spell(loc)}{message}")


@dataclass(frozen=True, slots=True)
class Bank:
    """The questions of all packs, by id."""

    packs: Mapping[str, Pack]
    questions: Mapping[str, Question]
    pack_of: Mapping[str, str]
    sources: Mapping[str, Source] = field(default_factory=dict)

    def get(self, question_id: str) -> Question:
        """Return a question.

        Raises:
            UserError: there is none of that id; names the nearest ones.
        """
        try:
            return self.questions[question_id]
        except KeyError:
            near = difflib.get_close_matches(question_id, self.questions, n=3, cutoff=0.5)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UserError(f"There is no question '{question_id}'.{hint}") from None

    def categories(self) -> dict[str, str]:
        """Every category id with the name that members see, over all packs."""
        return {
            slug: name for pack in self.packs.values() for slug, name in pack.categories.items()
        }

    def select(
        self,
        *,
        packs: Iterable[str] = (),
        categories: Iterable[str] = (),
        levels: Iterable[Level] = (),
    ) -> tuple[Question, ...]:
        """Questions that fit every filter that is not empty, in order of their ids."""
        wanted_packs, wanted, allowed = set(packs), set(categories), set(levels)
        return tuple(
            question
            for question_id, question in sorted(self.questions.items())
            if (not wanted_packs or self.pack_of.get(question_id) in wanted_packs)
            and (not wanted or question.category in wanted)
            and (not allowed or question.level in allowed)
        )


@dataclass(slots=True)
class _Report:
    """What one run over the packs has found so far."""

    packs: dict[str, Pack] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    pack_of: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def shipped_packs() -> Path:
    """The folder of the packs that come with the program."""
    package = Path(str(resources.files("bot")))
    inside = package / "questions"
    return inside if inside.is_dir() else package.parent / "questions"


def json_schema(kind: Literal["question", "pack"]) -> str:
    """The JSON Schema of a question's or pack's file, as text."""
    model = Question if kind == "question" else Pack
    document = {"$schema": _SCHEMA_DIALECT, **model.model_json_schema()}
    return json.dumps(document, indent=2)


def pack_folders(root: Path) -> list[Path]:
    """``root`` itself if it is a pack, else its subfolders that are."""
    if (root / PACK_FILE).is_file():
        return [root]
    return sorted(path.parent for path in root.glob(f"*/{PACK_FILE}"))


def load(roots: Sequence[Path]) -> Bank:
    """Load all packs below ``roots``.

    Raises:
        PackError: names every fault of every file, one a line.
    """
    bank, faults = check(roots)
    if faults:
        listing = "\n".join(str(fault) for fault in faults)
        raise PackError(f"{listing}\nThe question files have faults; mend them and start again.")
    return bank


def check(roots: Sequence[Path]) -> tuple[Bank, list[Fault]]:
    """Load what can be loaded and list every fault, in order of file and line."""
    report = _Report()
    for root in roots:
        if root.is_file() and root.name != PACK_FILE:
            _check_file(root, report)
        else:
            _check_folder(root.parent if root.is_file() else root, report)
    bank = Bank(report.packs, report.questions, report.pack_of, report.sources)
    return bank, sorted(report.faults)


def _check_folder(root: Path, report: _Report) -> None:
    folders = pack_folders(root)
    if not root.exists():
        report.faults.append(Fault(root, 1, "there is no such file or folder"))
    elif not folders:
        message = f"no pack here: a pack is a folder with a {PACK_FILE} in it"
        report.faults.append(Fault(root, 1, message))
    for folder in folders:
        _check_pack(folder, report)


def _check_file(path: Path, report: _Report) -> None:
    """Check one question's file, with the categories of the pack that it lies in."""
    around = path.parent / PACK_FILE
    pack = _read(around, Pack, [])[0] if around.is_file() else None
    _check_question(path, pack, report)


def _check_pack(folder: Path, report: _Report) -> None:
    path = folder / PACK_FILE
    pack, lines = _read(path, Pack, report.faults)
    if pack is not None and pack.id in report.packs:
        report.faults.append(Fault(path, lines["id",], f"pack '{pack.id}' exists twice"))
    if pack is not None:
        report.packs[pack.id] = pack
    for file in sorted(folder.glob("*.y*ml")):
        if file.name != PACK_FILE:
            _check_question(file, pack, report)


def _check_question(path: Path, pack: Pack | None, report: _Report) -> None:
    question, lines = _read(path, Question, report.faults)
    if question is None:
        return
    if question.id != path.stem:
        message = (
            f"id '{question.id}' differs from the file's name; call the file {question.id}.yaml"
        )
        report.faults.append(Fault(path, lines["id",], message))
    if question.id in report.sources:
        taken = report.sources[question.id].path
        message = f"id '{question.id}' is taken by {taken}; choose another"
        report.faults.append(Fault(path, lines["id",], message))
    report.sources[question.id] = Source(path, lines)
    report.questions[question.id] = question
    if pack is None:
        return
    report.pack_of[question.id] = pack.id
    if question.category not in pack.categories:
        message = f"category '{question.category}' is not in {PACK_FILE}" + suggest(
            question.category, pack.categories
        )
        report.faults.append(Fault(path, lines["category",], message))


_Model = TypeVar("_Model", bound=BaseModel)


def _read(path: Path, model: type[_Model], faults: list[Fault]) -> tuple[_Model | None, Lines]:
    """Read one file into ``model``; faults go to the list, and then there is no model."""
    lines = Lines()
    try:
        data = _parse(path, lines, faults)
        return model.model_validate(data), lines
    except OSError as error:
        faults.append(Fault(path, 1, f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        faults.append(Fault(path, 1, "is not UTF-8 text; save it as UTF-8"))
    except yaml.YAMLError as error:
        faults.append(_yaml_fault(path, error))
    except ValidationError as error:
        faults.extend(
            Fault(path, lines[_real(loc, lines)], f"{_spell(loc)}{_advice(detail)}")
            for detail in error.errors()
            for loc in [tuple(detail["loc"])]
        )
    return None, lines


def _parse(path: Path, lines: Lines, faults: list[Fault]) -> object:
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        for line, message in _walk(node, (), lines):
            faults.append(Fault(path, line, message))
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _walk(node: yaml.Node, loc: _Loc, lines: Lines) -> Iterator[tuple[int, str]]:
    """Note the line of every field; yield the keys that a mapping repeats."""
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*loc, index), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*loc, str(key.value))
            if inner in lines:
                yield key.start_mark.line + 1, f"{_spell(inner)}stands here twice; keep one"
            lines[inner] = key.start_mark.line + 1
            yield from _walk(value, inner, lines)


def _real(loc: _Loc, lines: Lines) -> _Loc:
    """The longest part of a pydantic location that the document has."""
    while loc and loc not in lines:
        loc = loc[:-1]
    return loc


def _spell(loc: _Loc) -> str:
    """``("concepts", 0, "id")`` as ``concepts[0].id: ``, nothing for the document itself."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return f"{text.lstrip('.')}: " if text else ""


def _yaml_fault(path: Path, error: yaml.YAMLError) -> Fault:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Fault(path, 1, "has characters that YAML does not allow; remove control characters")
    problem = error.problem or "cannot be parsed"
    message = f"not YAML: {problem}; a text with ': ', ' #' or a leading @ ` * & needs quotes"
    return Fault(path, error.problem_mark.line + 1, message)


def _advice(detail: ErrorDetails) -> str:
    """One pydantic error as what is wrong and what would be right."""
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    message = detail["msg"].removeprefix("Value error, ")
    message = f"{message[0].lower()}{message[1:]}"
    match detail["type"]:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return "unknown field" + suggest(name, _FIELDS)
        case "string_type":
            return f"must be text, not {detail['input']!r}; put it in quotes"
        case "enum":
            return f"{message}, not {detail['input']!r}"
        case _:
            return message


def suggest(name: str, known: Iterable[str]) -> str:
    """`` ; did you mean 'x'?`` where something near is known, else what there is."""
    options = sorted(known)
    near = difflib.get_close_matches(name, options, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(options)}"
