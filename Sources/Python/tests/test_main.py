"""The command of a package that was installed with the program or without it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from kltop import __main__ as command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for, beside those of the package."""
    empty = tmp_path / "nothing"
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(empty))
    monkeypatch.setattr(sys, "argv", [str(empty / "kltop")])
    monkeypatch.setattr(command, "__file__", str(empty / "lib/python3/site-packages/kltop/__main__.py"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(path: Path, content: bytes, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_without_a_program_it_says_how_to_build_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main() == 69
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ".ci/wheel" in printed.err
    assert "swift build" in printed.err


def test_the_command_of_the_package_itself_is_not_taken_for_the_program(folder: Path) -> None:
    put(folder / "kltop", b"#!/usr/bin/python3\n")
    assert command.find_program() is None
    put(folder / "kltop", b"\x7fELF", mode=stat.S_IRUSR)
    assert command.find_program() is None
    (folder / "kltop").unlink()
    (folder / "kltop").mkdir()
    assert command.find_program() is None


def test_a_program_in_path_is_found_and_one_beside_the_package_comes_before_it(folder: Path) -> None:
    in_path = put(folder / "kltop", b"\x7fELF")
    assert command.find_program() == str(in_path)
    of_target = put(folder / "nothing/lib/python3/site-packages/bin/kltop", b"\x7fELF")
    assert command.find_program() == str(of_target)


def test_the_program_takes_over_with_its_arguments(tmp_path: Path) -> None:
    echo = shutil.which("echo")
    assert echo is not None
    shutil.copy(echo, tmp_path / "kltop")
    result = subprocess.run(
        [sys.executable, "-m", "kltop", "replay", "a b"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "replay a b\n"
