"""The callback for transformers' Trainer and every trainer of TRL.

    trainer.add_callback(KltopCallback(probes={"old": old_texts, "new": new_texts}))

is the whole integration. `kltop OUTPUT_DIR` then shows the run.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Optional, Union

import torch
from transformers import TrainerCallback

from kltop.models import first_adapter_layer, undisturbed, unwrapped
from kltop.monitor import Monitor, Options

_CONFIGURATION = (
    "learning_rate", "seed", "per_device_train_batch_size", "gradient_accumulation_steps", "num_train_epochs",
    "max_steps", "warmup_steps", "warmup_ratio", "weight_decay", "lr_scheduler_type", "optim", "bf16", "fp16",
    "beta", "loss_type", "max_length", "num_generations", "temperature",
)  # fmt: skip
_EXAMPLES = 32


class KltopCallback(TrainerCallback):
    """Measures how far the model drifts from what it was, while it is tuned.

    out: the run's folder; None: the trainer's `output_dir`.
    trainer: the trainer it is added to, for subclasses that hide it; None: it is found when the training begins.
    The other options are those of `kltop.monitor.Options`: `probes`, `every`, `overhead`, `reference`, `k`, `retention`,
    `new`, `generate`, `max_length`, `batch`, `labels_from`, `entries`, `max_bytes`, `budget`, `vocabulary`, `compiles`,
    `name`. Without any it takes 32 texts of the package's own and the first examples of the evaluation (or training) data.
    ValueError and TypeError for options that make no sense come here, before the training.

    It measures before the first update, at steps of its own, at evaluations, at saves and at the end. It never stops
    or changes the training: what goes wrong is one line on standard error.
    """

    def __init__(
        self, probes: Optional[Mapping[str, Any]] = None, *, out: Union[str, os.PathLike[str], None] = None,
        trainer: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        self._options = {"probes": probes, **options}
        # A name that is no option is told here, before the training.
        Options(**self._options)
        self._out = out
        self._trainer = trainer
        self._monitor: Optional[Monitor] = None
        self._ending: Optional[_Ending] = None

    @property
    def monitor(self) -> Optional[Monitor]:
        """What measures, from the start of the training on."""
        return self._monitor

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._safely(lambda: self._start(args, state, **given))

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._safely(lambda: self._step_ended(args, state, control))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **given: Any) -> None:
        self._safely(lambda: self._logged(state, logs or {}))

    def on_evaluate(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._safely(lambda: self._evaluated(state))

    def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._safely(lambda: self._saved(args, state))

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._safely(lambda: self._ended(state))

    def _start(self, args: Any, state: Any, model: Any = None, **given: Any) -> None:
        if self._monitor is not None:
            self._close("interrupted")
        tokenizer = given.get("processing_class") or given.get("tokenizer")
        step = int(state.global_step)
        self._monitor = monitor = Monitor(
            self._out if self._out is not None else args.output_dir,
            model,
            tokenizer=tokenizer,
            total_steps=int(state.max_steps) if state.max_steps else None,
            config=_configuration(args, model),
            start_step=step,
            examples=self._examples(given) if self._options["probes"] is None else None,
            autocast=_autocast(args),
            **self._options,
        )
        if monitor.rank == 0:
            self._ending = _Ending(monitor)
        if step == 0:
            monitor.measure(0, is_forced=True)

    def _examples(self, given: Mapping[str, Any]) -> Any:
        """The first examples of the evaluation data, else of the training data; None where there are none to take."""
        trainer = self._trainer if self._trainer is not None else _calling_trainer()
        candidates = [getattr(trainer, "eval_dataset", None), getattr(trainer, "train_dataset", None)]
        candidates += [getattr(given.get(name), "dataset", None) for name in ("eval_dataloader", "train_dataloader")]
        # A data set may draw random numbers, which the training would miss.
        with undisturbed([]):
            return next((found for data in candidates if (found := _first_examples(data))), None)

    def _step_ended(self, args: Any, state: Any, control: Any) -> None:
        monitor = self._monitor
        if monitor is None:
            return
        step = int(state.global_step)
        monitor.log.step = step
        if getattr(control, "should_save", False):
            monitor.measure(step, checkpoint=_checkpoint(args, step))
        elif monitor.is_due(step):
            monitor.measure(step)

    def _logged(self, state: Any, logs: Mapping[str, Any]) -> None:
        if self._monitor is None:
            return
        is_evaluation = any(str(key).startswith("eval_") for key in logs)
        self._monitor.metrics(dict(logs), step=int(state.global_step), phase="eval" if is_evaluation else "train")

    def _evaluated(self, state: Any) -> None:
        monitor = self._monitor
        # With `auto` the schedule alone decides, so that evaluations of the trainer cannot break its promise.
        if monitor is not None and not monitor.schedule.is_auto and monitor.last_step != int(state.global_step):
            monitor.measure(int(state.global_step))

    def _saved(self, args: Any, state: Any) -> None:
        monitor = self._monitor
        if monitor is None:
            return
        step, path = int(state.global_step), _checkpoint(args, int(state.global_step))
        if monitor.last_step != step:
            monitor.measure(step, checkpoint=path)
        monitor.checkpoint(step, path)

    def _ended(self, state: Any) -> None:
        monitor = self._monitor
        if monitor is None:
            return
        if monitor.last_step != int(state.global_step):
            monitor.measure(int(state.global_step), is_forced=True)
        self._close("finished")

    def _close(self, status: str) -> None:
        if self._ending is not None:
            self._ending.end(status)
        elif self._monitor is not None:
            self._monitor.log.close()
        self._monitor = self._ending = None

    def _safely(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            with contextlib.suppress(Exception):
                print(f"kltop: {type(error).__name__}: {error}; the training goes on", file=sys.stderr)


class _Ending:
    """Notes how the run ends: an exception nobody catches, a signal, or the end of the process before that of the
    training. Handlers that were there before are called afterwards."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._has_ended = False
        self._hook = sys.excepthook
        sys.excepthook = self._failed
        self._handlers: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGTERM", "SIGUSR1"):
                number = getattr(signal, name, None)
                previous = signal.getsignal(number) if number is not None else None
                # A handler that is not Python's cannot be called from here, so it is left alone.
                if number is not None and previous is not None:
                    signal.signal(number, self._interrupted)
                    self._handlers[number] = previous
        atexit.register(self._left)

    def end(self, status: str, **more: Any) -> None:
        """Writes the end once and takes back what was put in."""
        if self._has_ended:
            return
        self._has_ended = True
        self._monitor.end(status, **more)
        if sys.excepthook == self._failed:
            sys.excepthook = self._hook
        with contextlib.suppress(ValueError):
            for number, previous in self._handlers.items():
                if signal.getsignal(number) == self._interrupted:
                    signal.signal(number, previous)
        atexit.unregister(self._left)

    def _failed(self, kind: Any, error: Any, trace: Any) -> None:
        with contextlib.suppress(Exception):
            if issubclass(kind, KeyboardInterrupt):
                self.end("interrupted")
            else:
                self.end("failed", exception=kind.__name__)
        self._hook(kind, error, trace)

    def _interrupted(self, number: int, frame: Any) -> None:
        previous = self._handlers[number]
        if previous == signal.SIG_IGN:
            return
        with contextlib.suppress(Exception):
            self._monitor.log.event("end", status="interrupted", signal=signal.Signals(number).name)
        if callable(previous):
            previous(number, frame)
            return
        self._has_ended = True
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _left(self) -> None:
        self.end("interrupted")


def _calling_trainer() -> Any:
    """The trainer that calls this callback: transformers tells its callbacks everything else."""
    frame = sys._getframe(1)
    while frame is not None:
        candidate = frame.f_locals.get("self")
        if hasattr(candidate, "callback_handler") and hasattr(candidate, "train_dataset"):
            return candidate
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _first_examples(data: Any) -> Optional[list[Any]]:
    """The first examples of a data set (of several, the first one's); None where reading them would use them up."""
    if isinstance(data, Mapping):
        data = next(iter(data.values()), None)
    if data is None:
        return None
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        return [data[number] for number in range(min(_EXAMPLES, len(data)))]
    # A stream of `datasets` begins anew each time; any other iterable may not.
    if type(data).__module__.startswith("datasets."):
        return list(islice(data, _EXAMPLES))
    return None


def _checkpoint(args: Any, step: int) -> str:
    return os.path.join(args.output_dir, f"checkpoint-{step}")


def _autocast(args: Any) -> Optional[torch.dtype]:
    if getattr(args, "bf16", False):
        return torch.bfloat16
    return torch.float16 if getattr(args, "fp16", False) else None


def _configuration(args: Any, model: Any) -> dict[str, Any]:
    """What tells this run from another one."""
    found: dict[str, Any] = {}
    with contextlib.suppress(Exception):
        base: Any = unwrapped(model)
        base = getattr(base, "get_base_model", lambda: base)()
        found["model"] = getattr(base.config, "_name_or_path", "") or type(base).__name__
        found["parameters"] = sum(p.numel() for p in base.parameters())
    for name in _CONFIGURATION:
        value = getattr(args, name, None)
        value = getattr(value, "value", value)
        if isinstance(value, (bool, int, float, str)):
            found[name] = value
    with contextlib.suppress(Exception):
        if first_adapter_layer(model) is not None:
            configuration = next(iter(model.peft_config.values()))
            for name, key in (("lora_rank", "r"), ("lora_alpha", "lora_alpha"), ("lora_dropout", "lora_dropout")):
                found[name] = getattr(configuration, key)
    with contextlib.suppress(Exception):
        command = ["git", "rev-parse", "--short", "HEAD"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
        found["git"] = result.stdout.strip()
    return found
