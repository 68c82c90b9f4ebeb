"""Where captured rows are kept: a folder, or whatever fsspec reaches by a URL (`s3://…`, `gs://…`, `memory://…`)."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional, TypeVar

_Value = TypeVar("_Value")


class Store:
    """Files below one place, by their names relative to it. A file is there whole or not at all."""

    def __init__(self, place: str) -> None:
        self._place = place.rstrip("/") or "/"
        self._system: Any = None
        if "://" in place:
            self._system, self._place = importlib.import_module("fsspec").core.url_to_fs(self._place)

    def exists(self, name: str) -> bool:
        return bool(self._system.exists(self._path(name))) if self._system else os.path.exists(self._path(name))

    def names(self, folder: str) -> set[str]:
        """Names of the files in a folder, none where there is none."""
        with contextlib.suppress(OSError):
            if self._system is None:
                return set(os.listdir(self._path(folder)))
            self._system.invalidate_cache()
            return {os.path.basename(path) for path in self._system.ls(self._path(folder), detail=False)}
        return set()

    def write(self, name: str, write: Callable[[Path], None]) -> None:
        """Calls `write` with a path on this machine and puts what it wrote there."""
        path = self._path(name)
        if self._system is None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write(Path(path))
            return
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder, os.path.basename(name))
            write(local)
            self._system.makedirs(os.path.dirname(path), exist_ok=True)
            # An object store shows an object once it is whole; elsewhere the file gets its name by being moved.
            aside = f"{os.path.dirname(path)}/.{os.path.basename(path)}.{os.getpid()}.tmp"
            self._system.put_file(str(local), aside)
            self._system.mv(aside, path)

    def read(self, name: str, read: Callable[[Path], _Value]) -> _Value:
        """What `read` makes of the file; FileNotFoundError where there is none."""
        if self._system is None:
            return read(Path(self._path(name)))
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder, os.path.basename(name))
            self._system.get_file(self._path(name), str(local))
            return read(local)

    def metadata(self, name: str) -> Optional[dict[str, str]]:
        """Metadata of a safetensors file, None where there is none."""
        with contextlib.suppress(OSError, ValueError, struct.error):
            opened = self._system.open(self._path(name), "rb") if self._system else open(self._path(name), "rb")  # noqa: SIM115
            with opened as file:
                (length,) = struct.unpack("<Q", file.read(8))
                return dict(json.loads(file.read(length)).get("__metadata__", {}))
        return None

    def remove(self, name: str) -> None:
        with contextlib.suppress(OSError):
            if self._system is None:
                os.unlink(self._path(name))
            else:
                self._system.rm_file(self._path(name))

    def remove_folder(self, name: str) -> None:
        """Removes a folder if it is empty."""
        with contextlib.suppress(OSError, NotImplementedError):
            if self._system is None:
                os.rmdir(self._path(name))
            elif not self._system.ls(self._path(name)):
                self._system.rmdir(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._place}/{name}"
