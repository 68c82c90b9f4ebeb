"""Puts the static program into the package's wheel: pack_wheel.py PACKAGE_WHEEL PROGRAM NOTICES FOLDER.

The same input gives the same bytes, wherever and whenever it is packed. Zopfli packs them: half a minute for 3 % less than
zlib gives.
"""

from __future__ import annotations

import base64
import hashlib
import platform
import sys
import zipfile
from pathlib import Path

import zopfli.zlib

PLATFORMS = tuple(f"{system}_{platform.machine()}" for system in ("manylinux_2_17", "manylinux2014", "musllinux_1_1"))
"""A program that needs no library runs on all of them, on machines as this one."""

TIME = (2020, 2, 2, 0, 0, 0)
"""The time that hatchling gives to all files."""


def main(package_wheel: Path, program: Path, notices: Path, folder: Path) -> Path:
    """Writes the wheel into the folder, and returns its path."""
    name, version = package_wheel.name.split("-")[:2]
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(package_wheel) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    # The program takes the place of the command that says where it is.
    for entry in ("entry_points.txt", "RECORD"):
        del files[f"{info}/{entry}"]
    files[f"{info}/WHEEL"] = _wheel(files[f"{info}/WHEEL"].decode()).encode()
    script = f"{name}-{version}.data/scripts/kltop"
    files[script] = program.read_bytes()
    files[f"{info}/licenses/{notices.name}"] = notices.read_bytes()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    path = folder / f"{name}-{version}-py3-none-{'.'.join(PLATFORMS)}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for entry in _in_order(files, info):
            item = zipfile.ZipInfo(entry, TIME)
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = (0o100755 if entry == script else 0o100644) << 16
            with archive.open(item, "w") as file:
                file._compressor = _Zopfli()
                file.write(files[entry])
    return path


class _Zopfli:
    """In the place of zlib's compressor in a file of a zip archive."""

    def __init__(self) -> None:
        self._data = b""

    def compress(self, data: bytes) -> bytes:
        self._data += data
        return b""

    def flush(self) -> bytes:
        # Without the two bytes before and the checksum after it that zlib's format has and zip's has not.
        return zopfli.zlib.compress(self._data, numiterations=1)[2:-4]


def _wheel(text: str) -> str:
    kept = [line for line in text.splitlines() if line and not line.startswith(("Tag:", "Root-Is-Purelib:"))]
    return "\n".join([*kept, "Root-Is-Purelib: false", *(f"Tag: py3-none-{tag}" for tag in PLATFORMS)]) + "\n"


def _record(files: dict[str, bytes], own: str) -> str:
    def line(entry: str) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[entry]).digest()).rstrip(b"=").decode()
        return f"{entry},sha256={digest},{len(files[entry])}\n"

    return "".join(line(entry) for entry in sorted(files)) + f"{own},,\n"


def _in_order(files: dict[str, bytes], info: str) -> list[str]:
    """What describes the wheel comes last, as its format recommends."""
    return sorted(files, key=lambda entry: (entry.startswith(info), entry.endswith("/RECORD"), entry))


if __name__ == "__main__":
    print(main(*map(Path, sys.argv[1:5])))
