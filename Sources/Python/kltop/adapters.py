"""kltop in frameworks that are not driven by transformers' Trainer alone.

Lightning:      trainer = lightning.Trainer(callbacks=[kltop.adapters.lightning_callback(probes=…, tokenizer=…)])
axolotl:        plugins: [kltop.adapters.AxolotlPlugin]        in the YAML file, options below `kltop:`
ms-swift:       swift sft --external_plugins ms_swift.py --callbacks kltop
                where ms_swift.py says `import kltop.adapters; kltop.adapters.register_in_ms_swift(probes=…)`
LLaMA-Factory:  run_exp(arguments, callbacks=kltop.adapters.callbacks(probes=…))
a plain loop:   kltop.monitor.Monitor

Each takes the options of `kltop.monitor.Options`. Importing this module imports none of the frameworks.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from typing import Any, Optional

__all__ = ["callbacks", "lightning_callback", "register_in_ms_swift"]


def callbacks(**options: Any) -> list[Any]:
    """Callbacks for whatever takes those of transformers, such as LLaMA-Factory's `run_exp(arguments, callbacks=…)`."""
    from kltop.hf import KltopCallback

    return [KltopCallback(**options)]


# axolotl


def _axolotl_plugin() -> type:
    """The plugin that axolotl makes by its name; its options stand below `kltop:` in the same file."""
    base: Any = importlib.import_module("axolotl.integrations.base").BasePlugin

    class AxolotlPlugin(base):
        """Adds the callback to the trainer that axolotl has built."""

        def add_callbacks_post_trainer(self, cfg: Any, trainer: Any) -> list[Any]:
            from kltop.hf import KltopCallback

            return [KltopCallback(trainer=trainer, **dict(cfg.get("kltop") or {}))]

        def get_input_args(self) -> str:
            """Where axolotl finds how `kltop:` may look."""
            return "kltop.adapters.AxolotlArguments"

    return AxolotlPlugin


def _axolotl_arguments() -> type:
    made: type = importlib.import_module("pydantic").create_model(
        "AxolotlArguments", kltop=(Optional[dict[str, Any]], None)
    )
    return made


def __getattr__(name: str) -> Any:
    # Made when axolotl asks for them by name: their base classes are axolotl's and pydantic's.
    makers = {"AxolotlPlugin": _axolotl_plugin, "AxolotlArguments": _axolotl_arguments}
    if name not in makers:
        raise AttributeError(f"module 'kltop.adapters' has no attribute {name!r}")
    return globals().setdefault(name, makers[name]())


# ms-swift


def register_in_ms_swift(**options: Any) -> None:
    """Adds the callback to every training of ms-swift; to be called from the file given to `--external_plugins`.

    Version 3 has a list of callbacks, version 4 a table of their classes, of which `--callbacks kltop` chooses this one.
    """
    from kltop.hf import KltopCallback

    for module in ("swift.plugin", "swift.plugin.callback"):
        with contextlib.suppress(ImportError, AttributeError):
            importlib.import_module(module).extra_callbacks.append(KltopCallback(**options))
            return
    table = importlib.import_module("swift.callbacks").callbacks_map

    class SwiftCallback(KltopCallback):
        """Made by ms-swift with its arguments and its trainer."""

        def __init__(self, args: Any = None, trainer: Any = None) -> None:
            super().__init__(trainer=trainer, **options)

    table["kltop"] = SwiftCallback


# Lightning


def lightning_callback(*, tokenizer: Any = None, model: str = "model", out: Optional[str] = None, **options: Any) -> Any:
    """A callback of Lightning (`lightning` or `pytorch_lightning`, whichever is imported or found first).

    tokenizer: for probes given as texts. model: name of the attribute of the LightningModule that is the language
    model; where there is none, the module itself. out: the run's folder; None: the trainer's `default_root_dir`.
    """
    base = _lightning_callback_class()
    monitor_module = importlib.import_module("kltop.monitor")

    class KltopLightning(base):  # type: ignore[misc, valid-type]
        """Measures before the first update, at steps of its own and at the end."""

        def __init__(self) -> None:
            super().__init__()
            self.monitor: Any = None

        def on_train_start(self, trainer: Any, pl_module: Any) -> None:
            self._safely(lambda: self._start(trainer, pl_module))

        def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, *_given: Any) -> None:
            self._safely(lambda: self._batch_ended(trainer))

        def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
            self._safely(lambda: self._logged(trainer, "eval"))

        def on_train_end(self, trainer: Any, pl_module: Any) -> None:
            self._safely(lambda: self._end(trainer, "finished"))

        def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
            status = "interrupted" if isinstance(exception, KeyboardInterrupt) else "failed"
            self._safely(lambda: self._end(trainer, status, exception=type(exception).__name__))

        def _start(self, trainer: Any, pl_module: Any) -> None:
            step = int(trainer.global_step)
            total = int(trainer.estimated_stepping_batches) if trainer.max_steps != 0 else None
            self.monitor = monitor_module.Monitor(
                out or os.path.join(trainer.default_root_dir, "kltop"), getattr(pl_module, model, pl_module),
                tokenizer=tokenizer, total_steps=total, start_step=step, **options,
            )  # fmt: skip
            if step == 0:
                self.monitor.measure(0, is_forced=True)

        def _batch_ended(self, trainer: Any) -> None:
            step = int(trainer.global_step)
            if self.monitor is None or step == self.monitor.log.step:
                return
            self.monitor.log.step = step
            if self.monitor.is_due(step):
                self.monitor.measure(step)
            if step % max(1, int(getattr(trainer, "log_every_n_steps", 1))) == 0:
                self._logged(trainer, "train")

        def _logged(self, trainer: Any, phase: str) -> None:
            if self.monitor is not None and not getattr(trainer, "sanity_checking", False):
                given = trainer.logged_metrics if phase == "train" else trainer.callback_metrics
                numbers = {name: value for name, value in given.items() if phase == "train" or name.startswith("val")}
                if numbers:
                    self.monitor.metrics(numbers, step=int(trainer.global_step), phase=phase)

        def _end(self, trainer: Any, status: str, **more: Any) -> None:
            if self.monitor is None:
                return
            if status == "finished" and self.monitor.last_step != int(trainer.global_step):
                self.monitor.measure(int(trainer.global_step), is_forced=True)
            self.monitor.end(status, **more)
            self.monitor = None

        def _safely(self, action: Any) -> None:
            try:
                action()
            except Exception as error:
                with contextlib.suppress(Exception):
                    print(f"kltop: {type(error).__name__}: {error}; the training goes on", file=_stderr())

    return KltopLightning()


def _lightning_callback_class() -> Any:
    for name in ("lightning.pytorch", "pytorch_lightning"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name).Callback
    raise ImportError("neither lightning nor pytorch_lightning is installed")


def _stderr() -> Any:
    return importlib.import_module("sys").stderr
