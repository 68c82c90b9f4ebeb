"""Runs the program kltop: `python -m kltop`, and the command `kltop` of a package that was installed without it.

The wheel for Linux brings the program; this package alone, which any machine can install, finds one that is there or
says how to build it.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

NO_PROGRAM = """\
kltop: this is the Python package alone: the program comes with the wheel for Linux on x86_64.
On another machine build it in a checkout of kltop, and copy it to a folder in PATH:
    Linux    .ci/wheel                                     .build/dist/kltop
    macOS    swift build -c release --product kltop        .build/release/kltop"""

EXIT_UNAVAILABLE = 69
"""EX_UNAVAILABLE of sysexits.h."""


def main() -> int:
    """Becomes the program, with the arguments given; returns only where there is none."""
    program = find_program()
    if program is not None:
        os.execv(program, ["kltop", *sys.argv[1:]])
    print(NO_PROGRAM, file=sys.stderr)
    return EXIT_UNAVAILABLE


def find_program() -> str | None:
    """The program that was installed with this package, else the first in PATH."""
    for folder in _folders():
        candidate = folder / "kltop"
        if _is_program(candidate):
            return str(candidate)
    return None


def _folders() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sys.argv[0]).resolve().parent
    # `pip install --target` and `--user`, and a prefix of its own.
    yield package / "bin"
    yield Path(sysconfig.get_path("scripts", f"{os.name}_user"))
    yield package.parent.parent.parent / "bin"
    yield from map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep))


def _is_program(path: Path) -> bool:
    """Whether it can be run and is no script: the command of this package has the program's name."""
    if shutil.which(str(path)) is None:
        return False
    try:
        with path.open("rb") as file:
            return file.read(2) != b"#!"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
