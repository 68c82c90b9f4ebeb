"""The adapters, with the parts of the frameworks that call them: axolotl's and ms-swift's own are stood in for."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import small
import torch

import kltop.adapters
from kltop.hf import KltopCallback
from kltop.monitor import Monitor
from kltop.rows import read_rows


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_plain_loop(tmp_path: Path) -> None:
    def trained(is_watched: bool) -> tuple[list[float], list[torch.Tensor]]:
        model = small.model()
        tokenizer = small.tokenizer()
        optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
        monitor = Monitor(tmp_path, model, tokenizer=tokenizer, probes=small.PROBES, every=2) if is_watched else None
        model.train()
        losses = []
        for step in range(5):
            if monitor is not None and monitor.is_due(step):
                with monitor.evaluation(step) as evaluation:
                    assert not model.training
                    assert not torch.is_grad_enabled()
                    assert evaluation.rows is not None
                    monitor.metrics({"eval/old/accuracy": 0.5}, phase="eval")
            ids = torch.tensor([tokenizer(small.TEXTS[step])["input_ids"]])
            loss = model(input_ids=ids, labels=ids).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if monitor is not None:
                monitor.log.step = step + 1
                monitor.metrics(loss=loss, step=step + 1, phase="train")
        if monitor is not None:
            monitor.end()
        return losses, [p.detach().clone() for p in model.parameters()]

    alone, watched = trained(False), trained(True)
    assert alone[0] == watched[0]
    assert all(torch.equal(one, other) for one, other in zip(alone[1], watched[1]))
    assert [read_rows(path).step for path in sorted((tmp_path / "rows").glob("step-*"))] == [0, 2, 4]
    lines = records(tmp_path)
    assert {record["mode"] for record in lines if "loss" in record} == {"train"}
    assert [record["step"] for record in lines if "eval/old/accuracy" in record] == [0, 2, 4]
    assert lines[-1]["status"] == "finished"


def test_lightning(tmp_path: Path) -> None:
    lightning = pytest.importorskip("lightning.pytorch")

    class Tuned(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = small.model()

        def training_step(self, batch: Any, _number: int) -> Any:
            loss = self.model(input_ids=batch, labels=batch).loss
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.AdamW(self.parameters(), lr=5e-3)

    tokenizer = small.tokenizer()
    data = [torch.tensor(tokenizer(text)["input_ids"][:16]) for text in small.TEXTS]

    def trained(callbacks: list[Any]) -> list[torch.Tensor]:
        lightning.seed_everything(3, verbose=False)
        module = Tuned()
        trainer = lightning.Trainer(
            max_steps=4, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
            callbacks=callbacks, log_every_n_steps=1, default_root_dir=tmp_path, enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(module, torch.utils.data.DataLoader(data, batch_size=2))
        return [p.detach().clone() for p in module.parameters()]

    callback = kltop.adapters.lightning_callback(
        tokenizer=tokenizer, probes=small.PROBES, every=2, out=str(tmp_path / "run")
    )
    alone, watched = trained([]), trained([callback])
    assert all(torch.equal(one, other) for one, other in zip(alone, watched))
    assert [read_rows(path).step for path in sorted((tmp_path / "run/rows").glob("step-*"))] == [0, 2, 4]
    losses = [record for record in records(tmp_path / "run") if "train_loss" in record]
    assert [record["step"] for record in losses] == [1, 2, 3, 4]
    assert {record["mode"] for record in losses} == {"train"}
    assert records(tmp_path / "run")[-1]["status"] == "finished"


def test_axolotl(tmp_path: Path) -> None:
    class BasePlugin:
        """As axolotl's, as far as it is asked."""

        def get_adapter_capabilities(self) -> list[Any]:
            return []

    modules = {name: types.ModuleType(name) for name in ("axolotl", "axolotl.integrations", "axolotl.integrations.base")}
    modules["axolotl.integrations.base"].BasePlugin = BasePlugin  # type: ignore[attr-defined]
    with mock.patch.dict(sys.modules, modules):
        plugin = kltop.adapters.AxolotlPlugin()
    assert isinstance(plugin, BasePlugin)
    assert plugin.get_adapter_capabilities() == []
    (callback,) = plugin.add_callbacks_post_trainer({"kltop": {"every": 3}}, mock.Mock())
    assert isinstance(callback, KltopCallback)
    module, _, name = plugin.get_input_args().rpartition(".")
    arguments = getattr(sys.modules[module], name)
    assert arguments(kltop={"every": 3}).kltop == {"every": 3}
    assert arguments().kltop is None


def test_ms_swift() -> None:
    table: dict[str, Any] = {}
    new = {"swift": types.ModuleType("swift"), "swift.callbacks": mock.Mock(callbacks_map=table), "swift.plugin": None}
    with mock.patch.dict(sys.modules, new):
        kltop.adapters.register_in_ms_swift(every=5)
    assert isinstance(table["kltop"](mock.Mock(), mock.Mock()), KltopCallback)
    extra: list[Any] = []
    old = {"swift": types.ModuleType("swift"), "swift.plugin": mock.Mock(extra_callbacks=extra)}
    with mock.patch.dict(sys.modules, old):
        kltop.adapters.register_in_ms_swift(every=5)
    assert isinstance(extra[0], KltopCallback)


def test_llama_factory_takes_callbacks_of_transformers() -> None:
    (callback,) = kltop.adapters.callbacks(every=5)
    assert isinstance(callback, KltopCallback)
    with pytest.raises(TypeError, match="evry"):
        kltop.adapters.callbacks(evry=5)
