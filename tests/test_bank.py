"""Packs: every fault is named, with file, line and what would be right."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot import bank
from bot.bank import Fault
from bot.core.questions import Level, parse_slots
from bot.errors import PackError, UserError

PACK = """\
id: mine
title: Mine
description: Own questions.
licence: MIT
categories:
  basics: Basics
"""

QUESTION = """\
id: sky
title: The sky
prompt: Why is the sky blue?
level: junior
category: basics
rubric:
  concepts:
    - id: scatter
      says: Air scatters light.
      hint: What does air do?
      accept: [air + scatter]
    - id: short
      says: Short waves scatter most.
      hint: Which waves?
      accept: [short + wave]
    - id: blue
      says: Blue light is short.
      hint: And blue?
      accept: [blue + short]
references:
  - voice: plain
    text: Air scatters light, short waves most, and blue light has a short wave.
explanation: Rayleigh explained it.
follow_up: Why is the evening red?
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK)
    (folder / "sky.yaml").write_text(QUESTION)
    return folder


def _faults(pack: Path) -> list[str]:
    _, faults = bank.check([pack])
    return [f"{fault.path.name}:{fault.line}: {fault.message}" for fault in faults]


def test_a_pack_without_faults_is_loaded(pack: Path) -> None:
    for root in (pack, pack.parent):
        found = bank.load([root])
        assert list(found.questions) == ["sky"]
        assert found.categories() == {"basics": "Basics"}


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("level: junior", "level: expert", "sky.yaml:4: level: input should be 'junior'"),
        ("level: junior\n", "", "sky.yaml:1: level: is missing; add it"),
        ("level:", "lvel:", "sky.yaml:4: lvel: unknown field; did you mean 'level'?"),
        ("      hint: Which waves?\n", "", "sky.yaml:12: rubric.concepts[1].hint: is missing"),
        ("id: blue", "id: short", "sky.yaml:6: rubric: concept id 'short' is used more than once"),
        ("[short + wave]", "[short + ]", "sky.yaml:15: rubric.concepts[1].accept[0]: a slot or"),
        ("[short + wave]", "[7]", "sky.yaml:15: rubric.concepts[1].accept[0]: must be text, not 7"),
        (
            "category: basics",
            "category: basic",
            "sky.yaml:5: category 'basic' is not in pack.yaml;",
        ),
        ("id: sky", "id: sea", "sky.yaml:1: id 'sea' differs from the file's name; call the file"),
        (
            "title: The sky",
            "title: The: sky",
            "sky.yaml:2: not YAML: mapping values are not allowed",
        ),
        ("title: The sky", "title: `sky`", "sky.yaml:2: not YAML: found character"),
        ("level: junior", "title: Twice", "sky.yaml:4: title: stands here twice; keep one"),
        ("prompt: Why", "prompt: \x07Why", "sky.yaml:1: has characters that YAML does not allow"),
    ],
)
def test_a_fault_is_named_with_its_line(pack: Path, old: str, new: str, fault: str) -> None:
    file = pack / "sky.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    found = _faults(pack)
    assert any(each.startswith(fault) for each in found), found


def test_every_fault_of_every_file_is_reported_at_once(pack: Path) -> None:
    broken = QUESTION.replace("level: junior", "level: x").replace("follow_up", "followup")
    (pack / "sky.yaml").write_text(broken)
    (pack / "sea.yaml").write_text("- a list")
    (pack / "pack.yaml").write_text(PACK.replace("id: mine", "id: My Pack"))
    (pack / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (pack / "empty.yaml").write_text("")
    found = _faults(pack)
    files = [line.split(":")[0] for line in found]
    assert files.count("sky.yaml") == 3
    assert {"bytes.yaml", "empty.yaml", "pack.yaml", "sea.yaml", "sky.yaml"} == set(files)
    with pytest.raises(PackError) as caught:
        bank.load([pack])
    assert len(str(caught.value).splitlines()) == len(found) + 1


def test_ids_are_unique_over_packs(pack: Path) -> None:
    other = pack.parent / "other"
    other.mkdir()
    (other / "pack.yaml").write_text(PACK)
    (other / "sky.yaml").write_text(QUESTION)
    _, faults = bank.check([pack.parent])
    assert [fault.message for fault in faults] == [
        "pack 'mine' exists twice",
        f"id 'sky' is taken by {pack / 'sky.yaml'}; choose another",
    ]


def test_a_single_file_is_checked_with_the_pack_that_it_lies_in(pack: Path) -> None:
    (pack / "sea.yaml").write_text(QUESTION)
    assert bank.check([pack / "sky.yaml"])[1] == []
    (fault,) = bank.check([pack / "sea.yaml"])[1]
    assert fault.path.name == "sea.yaml"


def test_a_folder_without_packs_is_a_fault(tmp_path: Path) -> None:
    message = "no pack here: a pack is a folder with a pack.yaml in it"
    assert bank.check([tmp_path])[1] == [Fault(tmp_path, 1, message)]
    missing = tmp_path / "nowhere"
    assert bank.check([missing])[1] == [Fault(missing, 1, "there is no such file or folder")]


def test_an_unknown_question_is_answered_with_near_ones(pack: Path) -> None:
    found = bank.load([pack])
    with pytest.raises(UserError, match=r"There is no question 'skt'\. Did you mean sky\?"):
        found.get("skt")
    with pytest.raises(UserError, match=r"There is no question 'ocean-depth'\.$"):
        found.get("ocean-depth")


def test_questions_are_selected_by_pack_category_and_level(pack: Path) -> None:
    found = bank.load([pack])
    assert [each.id for each in found.select()] == ["sky"]
    assert [each.id for each in found.select(packs=["mine"], levels=[Level.JUNIOR])] == ["sky"]
    assert found.select(packs=["other"]) == ()
    assert found.select(categories=["other"]) == ()
    assert found.select(levels=[Level.SENIOR]) == ()


def test_the_version_of_a_question_changes_with_its_content(pack: Path) -> None:
    first = bank.load([pack]).get("sky").version
    assert bank.load([pack]).get("sky").version == first
    (pack / "sky.yaml").write_text(QUESTION + "# a comment\n")
    assert bank.load([pack]).get("sky").version == first
    (pack / "sky.yaml").write_text(QUESTION.replace("red?", "pink?"))
    assert bank.load([pack]).get("sky").version != first


def test_patterns_are_slots_of_options() -> None:
    assert parse_slots("a | b c + int|None") == (("a", "b c"), ("int|None",))
    assert parse_slots("a |  + b") == (("a", ""), ("b",))


@pytest.mark.parametrize("kind", ["question", "pack"])
def test_the_published_schema_is_that_of_the_code(kind: str) -> None:
    published = bank.shipped_packs() / "schema" / f"{kind}.schema.json"
    expected = bank.json_schema("question" if kind == "question" else "pack")
    assert published.read_text() == expected + "\n"


def test_the_published_schema_agrees_about_questions() -> None:
    schema = json.loads(bank.json_schema("question"))
    document = yaml.safe_load(QUESTION)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"level": "expert"}, schema)
