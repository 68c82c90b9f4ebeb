"""Folders that checkpoints are in: on this machine, or wherever fsspec reaches by a URL (`s3://…`, `gs://…`)."""

from __future__ import annotations

import contextlib
import glob
import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Optional, cast


def is_remote(place: str) -> bool:
    return "://" in place


def folders(pattern: str) -> list[str]:
    """Folders that a pattern names; the pattern itself where it names none."""
    if not is_remote(pattern):
        return [path for path in glob.glob(pattern) or [pattern] if os.path.isdir(path)]
    system, path = _system(pattern)
    return [system.unstrip_protocol(found) for found in system.glob(path) if system.isdir(found)]


def text_of(place: str) -> str:
    """Text of a file, which is UTF-8."""
    if not is_remote(place):
        return Path(place).read_text(encoding="utf-8")
    system, path = _system(place)
    return cast(bytes, system.cat_file(path)).decode("utf-8")


class Folder:
    """Files of one folder, by name."""

    def __init__(self, place: str) -> None:
        self._place = place.rstrip("/")
        self._system: Any = None
        if is_remote(place):
            self._system, self._place = _system(self._place)

    def names(self) -> list[str]:
        """Sorted; none where there is no such folder."""
        with contextlib.suppress(OSError):
            if self._system is None:
                return sorted(os.listdir(self._place))
            return sorted(os.path.basename(path) for path in self._system.ls(self._place, detail=False))
        return []

    def size(self, name: str) -> int:
        return int(os.path.getsize(self._path(name)) if self._system is None else self._system.size(self._path(name)))

    def modified(self, name: str) -> Optional[float]:
        """Seconds since 1970; None where the system does not tell."""
        if self._system is None:
            return os.stat(self._path(name)).st_mtime
        with contextlib.suppress(NotImplementedError, AttributeError):
            return float(self._system.modified(self._path(name)).timestamp())
        return None

    def open(self, name: str) -> BinaryIO:
        if self._system is None:
            return open(self._path(name), "rb")
        return cast(BinaryIO, self._system.open(self._path(name), "rb"))

    @contextlib.contextmanager
    def local(self) -> Iterator[str]:
        """Its path on this machine, for as long as the block lasts where it had to be copied."""
        if self._system is None:
            yield self._place
            return
        with tempfile.TemporaryDirectory() as copy:
            for name in self.names():
                if not self._system.isdir(self._path(name)):
                    self._system.get_file(self._path(name), os.path.join(copy, name))
            yield copy

    def _path(self, name: str) -> str:
        return f"{self._place}/{name}"


def _system(place: str) -> tuple[Any, str]:
    system, path = importlib.import_module("fsspec").core.url_to_fs(place)
    return system, path
