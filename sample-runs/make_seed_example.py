"""Three distributions over four classes, pulled towards a target by gradient descent, step by step.

    pip install torch
    python make_seed_example.py [directory for the run, by default this one]

The policy is nothing but a table of logits, so that each step is the textbook's: the logit of the target
rises by the rate times what its probability lacks of 1, each other falls by the rate times its probability.
"""

from __future__ import annotations

import argparse
import json
import shutil
from decimal import Decimal, localcontext
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kltop_log import RunLogger

LOGITS = [[1.0, 3.0, 0.5, 2.0], [0.1, -1.0, 2.0, 0.5], [-2.0, -1.0, -0.5, -3.0]]
# The runner-up overtakes, the favourite grows surer, the second to last comes to the front.
TARGETS = [3, 2, 0]
SAMPLES = ["overtaken", "surer", "turned-round"]
STEPS = 30
LEARNING_RATE = 0.25


class LogitTable(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.tensor(LOGITS, dtype=torch.float64))

    def forward(self, rows: Tensor) -> Tensor:
        return self.table[rows]


def exact_softmax() -> dict[str, list[list[float]]]:
    """Softmax and log-softmax in fifty digits, each rounded once, to the nearest float64."""
    with localcontext() as context:
        context.prec = 50
        softmax, log_softmax = [], []
        for row in LOGITS:
            exponentials = [Decimal(logit).exp() for logit in row]
            total = sum(exponentials)
            softmax.append([float(exponential / total) for exponential in exponentials])
            log_softmax.append([float(Decimal(logit) - total.ln()) for logit in row])
    return {"logits": LOGITS, "softmax": softmax, "log_softmax": log_softmax}


def policy_reference_kl(logits: Tensor, ref_logits: Tensor) -> Tensor:
    """D(policy‖reference), nats, mean over rows. `kl_div` takes log Q first and P second."""
    policy, reference = F.log_softmax(logits, dim=-1), F.log_softmax(ref_logits, dim=-1)
    return F.kl_div(reference, policy, reduction="batchmean", log_target=True)


@torch.no_grad()
def look(policy: nn.Module, reference: nn.Module, rows: Tensor, log: RunLogger) -> None:
    policy.eval()
    logits, ref_logits = policy(rows), reference(rows)
    kl = policy_reference_kl(logits, ref_logits)
    log.logits(logits, ref_logits, set="table", samples=SAMPLES, target=TARGETS, kl=kl)
    if log.step in (0, STEPS):
        log.logits(logits, ref_logits, set="table-file", target=TARGETS, to_file=True, kl=kl)
    policy.train()


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the seed-example run.")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parent)
    directory = parser.parse_args().directory / "seed-example"
    shutil.rmtree(directory, ignore_errors=True)
    torch.set_num_threads(1)
    policy, reference = LogitTable(), LogitTable().eval()
    rows, targets = torch.arange(len(LOGITS)), torch.tensor(TARGETS)
    optimizer = torch.optim.SGD(policy.parameters(), lr=LEARNING_RATE)
    with RunLogger(
        directory,
        policy=policy,
        reference=reference,
        optimizer=optimizer,
        name="seed-example",
        classes=["A", "B", "C", "D"],
        objective={"lambda": 0.0, "sign": "+"},
    ) as log:
        for _ in range(STEPS):
            look(policy, reference, rows, log)
            with torch.no_grad():
                ref_logits = reference(rows)
            logits = policy(rows)
            # Summed, so that the learning rate is that of each row.
            loss = F.cross_entropy(logits, targets, reduction="sum")
            optimizer.zero_grad()
            loss.backward()
            log.metrics(loss=loss / len(LOGITS), kl=policy_reference_kl(logits, ref_logits), lr=LEARNING_RATE)
            optimizer.step()
        look(policy, reference, rows, log)
    exact = json.dumps(exact_softmax()).replace("]], ", "]],\n ")
    (directory / "softmax.json").write_text(exact + "\n")


if __name__ == "__main__":
    main()
