"""kltop's Python side: what a training script logs so that kltop can show how far the model has drifted.

    import kltop.hf

    trainer.add_callback(kltop.hf.KltopCallback(probes={"old": old_texts, "new": new_texts}))

Importing this package imports neither torch nor transformers; its modules do when they are used.
"""

from __future__ import annotations

import importlib
from typing import Any

from kltop._log import RunLogger, write_safetensors

__all__ = ["RunLogger", "__version__", "write_safetensors"]
__version__ = "0.1.0"

_MODULES = ("adapters", "capture", "hf", "monitor", "rows")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"kltop.{name}")
    raise AttributeError(f"module 'kltop' has no attribute {name!r}")
