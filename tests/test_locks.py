"""The pins: in the lock files with hashes, in pyproject.toml, and the same in both."""

import json
import re
import tomllib
from pathlib import Path

HERE = Path(__file__).parent.parent
LOCKS = [
    HERE / "requirements.lock",
    HERE / "tests" / "requirements.lock",
    HERE / "tests" / "servers.lock",
]


def _pins(text: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[^\s;\\]+)", text, re.MULTILINE))


def test_uv_run_is_held_to_the_locked_versions() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    locked = set().union(*(_pins(lock.read_text()) for lock in LOCKS))
    assert set(project["tool"]["uv"]["constraint-dependencies"]) == locked


def test_every_locked_version_has_a_hash_and_no_lock_names_a_host() -> None:
    for lock in LOCKS:
        text = lock.read_text()
        blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block for block in blocks)
        assert "://" not in text


def test_the_image_installs_from_the_lock_and_runs_as_a_plain_user() -> None:
    dockerfile = (HERE / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert re.search(r"^USER bot$", dockerfile, re.MULTILINE)
    assert dockerfile.count("VOLUME") == 1


def test_the_npm_lock_has_hashes_and_names_no_host() -> None:
    lock = HERE / "tests" / "grading" / "servers" / "package-lock.json"
    packages = json.loads(lock.read_text())["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)
    assert not any("resolved" in entry for entry in packages.values())
