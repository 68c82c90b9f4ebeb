"""Fine-tunes a small classifier from the digits 0-4 to the digits 5-9, three times, and logs what it forgets.

    pip install torch scikit-learn
    python make_digits.py [directory for the runs, by default this one]

The same seeds and one thread: a second run writes the same numbers, times apart. (Another processor or
another version of PyTorch may round differently.)
"""

from __future__ import annotations

import argparse
import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor, nn

from kltop_log import RunLogger

SEED = 7
PRETRAINING_STEPS = 1600
PRETRAINING_RATE = 3e-3
STEPS = 200
EVALUATE_EVERY = 10
WRITE_FILE_EVERY = 40
BATCH = 64
LEARNING_RATE = 1e-3
PROBES = 8
FILE_ROWS = 64


@dataclass
class Task:
    """Digits of one task, those the models learn from and those they never see."""

    name: str
    train_inputs: Tensor
    train_targets: Tensor
    test_inputs: Tensor
    test_targets: Tensor

    def batches(self, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(seed)
        while True:
            order = torch.randperm(len(self.train_inputs), generator=generator)
            for rows in order.split(BATCH):
                if len(rows) == BATCH:
                    yield self.train_inputs[rows], self.train_targets[rows]

    def probe_rows(self) -> Tensor:
        """Held-out digits of every class of the task, in turn."""
        classes = self.test_targets.unique()
        rows = [torch.nonzero(self.test_targets == label).flatten() for label in classes]
        return torch.stack([rows[i % len(classes)][i // len(classes)] for i in range(PROBES)])


@dataclass
class Setting:
    name: str
    kl_weight: float
    reference_in_eval_mode: bool = True


SETTINGS = [
    Setting("digits-sft", kl_weight=0.0),
    Setting("digits-kl", kl_weight=0.2),
    Setting("digits-ref-in-train-mode", kl_weight=0.2, reference_in_eval_mode=False),
]


def load_tasks() -> tuple[Task, Task]:
    digits = load_digits()
    inputs = torch.tensor(digits.data, dtype=torch.float32) / 16
    targets = torch.tensor(digits.target)
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(SEED))
    test, train = order[: len(order) // 4], order[len(order) // 4 :]

    def task(name: str, classes: range) -> Task:
        def of_task(rows: Tensor) -> Tensor:
            return rows[(targets[rows] >= classes.start) & (targets[rows] < classes.stop)]

        learned, held_out = of_task(train), of_task(test)
        return Task(name, inputs[learned], targets[learned], inputs[held_out], targets[held_out])

    return task("old", range(5)), task("new", range(5, 10))


def make_model() -> nn.Sequential:
    def block(inputs: int, outputs: int) -> list[nn.Module]:
        return [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU(), nn.Dropout(0.2)]

    return nn.Sequential(*block(64, 128), *block(128, 128), nn.Linear(128, 10))


def pretrain(task: Task) -> nn.Sequential:
    torch.manual_seed(SEED)
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=PRETRAINING_RATE)
    for _, (inputs, targets) in zip(range(PRETRAINING_STEPS), task.batches(SEED)):
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    return model


def policy_reference_kl(logits: Tensor, ref_logits: Tensor) -> Tensor:
    """D(policy‖reference), nats, mean over rows. `kl_div` takes log Q first and P second."""
    policy, reference = F.log_softmax(logits, dim=-1), F.log_softmax(ref_logits, dim=-1)
    return F.kl_div(reference, policy, reduction="batchmean", log_target=True)


@torch.no_grad()
def evaluate(model: nn.Module, reference: nn.Module, tasks: tuple[Task, Task], log: RunLogger) -> None:
    model.eval()
    scores = {}
    for task in tasks:
        logits = model(task.test_inputs)
        scores[f"eval/{task.name}/loss"] = F.cross_entropy(logits, task.test_targets)
        scores[f"eval/{task.name}/accuracy"] = (logits.argmax(-1) == task.test_targets).float().mean()
    log.metrics(scores)
    for task in tasks:
        rows = task.probe_rows()
        inputs, targets = task.test_inputs[rows], task.test_targets[rows]
        logits, ref_logits = model(inputs), reference(inputs)
        names = [
            f"{task.name}-{target}-{chr(ord('a') + i // 5)}" for i, target in enumerate(targets.tolist())
        ]
        log.logits(
            logits,
            ref_logits,
            set=task.name,
            samples=names,
            target=targets,
            kl=policy_reference_kl(logits, ref_logits),
        )
    if log.step % WRITE_FILE_EVERY == 0:
        old = tasks[0]
        inputs, targets = old.test_inputs[-FILE_ROWS:], old.test_targets[-FILE_ROWS:]
        logits, ref_logits = model(inputs), reference(inputs)
        log.logits(
            logits,
            ref_logits,
            set="old-file",
            target=targets,
            to_file=True,
            kl=policy_reference_kl(logits, ref_logits),
        )
    model.train()


def fine_tune(base: nn.Module, tasks: tuple[Task, Task], setting: Setting, directory: Path) -> None:
    torch.manual_seed(SEED)
    model, reference = copy.deepcopy(base), copy.deepcopy(base)
    model.train()
    # A copied model is in the mode it was copied in: this line is what the third run lacks.
    reference.train(not setting.reference_in_eval_mode)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    with RunLogger(
        directory,
        policy=model,
        reference=reference,
        optimizer=optimizer,
        name=setting.name,
        digits=9,
        classes=[str(label) for label in range(10)],
        objective={"lambda": setting.kl_weight, "sign": "+"},
    ) as log:
        for _, (inputs, targets) in zip(range(STEPS), tasks[1].batches(SEED)):
            if log.step % EVALUATE_EVERY == 0:
                evaluate(model, reference, tasks, log)
            with torch.no_grad():
                ref_logits = reference(inputs)
            logits = model(inputs)
            loss, kl = F.cross_entropy(logits, targets), policy_reference_kl(logits, ref_logits)
            total = loss + setting.kl_weight * kl
            optimizer.zero_grad()
            total.backward()
            norm = nn.utils.get_total_norm([weight.grad for weight in model.parameters()])
            log.metrics(loss=loss, kl=kl, total_loss=total, lr=LEARNING_RATE, grad_norm=norm)
            optimizer.step()
        evaluate(model, reference, tasks, log)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the digits runs.")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parent)
    directory = parser.parse_args().directory
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tasks = load_tasks()
    base = pretrain(tasks[0])
    for setting in SETTINGS:
        shutil.rmtree(directory / setting.name, ignore_errors=True)
        fine_tune(base, tasks, setting, directory / setting.name)


if __name__ == "__main__":
    main()
