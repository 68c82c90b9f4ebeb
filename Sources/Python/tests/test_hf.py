"""The callback in real trainings: nothing changes, and what it writes is right."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Optional
from unittest import mock

import pytest
import small
import torch
from torch.nn.functional import log_softmax

import kltop.hf
import kltop.models
import kltop.monitor
import kltop.references
from kltop.hf import KltopCallback
from kltop.ranks import RanksJoiner
from kltop.rows import read_rows, read_safetensors

torch.set_num_threads(1)


def options(**more: Any) -> dict[str, Any]:
    return {"probes": small.PROBES, "every": 1, "retention": ["old"], "new": ["new"], **more}


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def rows_at(folder: Path, step: int) -> Any:
    return read_rows(folder / f"rows/step-{step:08d}.safetensors")


TRAINERS = {
    "trainer": (small.plain, {}),
    "trainer-accumulating": (small.plain, {"gradient_accumulation_steps": 2, "max_steps": 3}),
    "trainer-checkpointing": (small.plain, {"gradient_checkpointing": True}),
    "trainer-bf16": (small.plain, {"bf16": True}),
    "sft-lora": (small.sft, {}),
    "sft-lora-checkpointing-bf16": (small.sft, {"gradient_checkpointing": True, "bf16": True}),
    "sft-full": (small.sft, {"peft": False}),
    "dpo-lora": (small.dpo, {}),
    "dpo-full": (small.dpo, {"peft": False}),
    "kto-lora": (small.kto, {}),
    "grpo-lora": (small.grpo, {}),
    "grpo-full": (small.grpo, {"peft": False}),
    "rloo-lora": (small.rloo, {}),
}


@pytest.mark.parametrize("name", TRAINERS)
def test_a_training_is_the_same_with_and_without_the_callback(name: str, tmp_path: Path) -> None:
    make, more = TRAINERS[name]
    alone = small.trained(make, tmp_path / "alone", **more)
    watched = small.trained(make, tmp_path / "watched", KltopCallback(**options(generate=4)), **more)
    assert watched.told == []
    assert watched.losses == alone.losses
    assert watched.is_same_as(alone)
    first = rows_at(tmp_path / "watched", 0)
    assert len(first.rows) > 50
    assert bool((first.rows.kl_policy_reference == 0).all())
    assert bool((first.rows.kl_reference_policy == 0).all())
    last = rows_at(tmp_path / "watched", int(watched.trainer.state.global_step))
    assert float(last.rows.kl_policy_reference.max()) > 1e-7
    losses = [record for record in records(tmp_path / "watched") if "loss" in record]
    assert {(record["mode"], record["grad_enabled"], record["phase"]) for record in losses} == {("train", True, "train")}
    assert records(tmp_path / "watched")[-1]["status"] == "finished"


def test_models_left_in_train_mode_would_be_noticed(tmp_path: Path) -> None:
    """The control of the test above: without what puts everything back, the training does differ."""

    @contextlib.contextmanager
    def disturbed(_models: Any) -> Any:
        with torch.no_grad():
            yield

    alone = small.trained(small.plain, tmp_path / "alone")
    with mock.patch.object(kltop.monitor, "undisturbed", disturbed):
        watched = small.trained(small.plain, tmp_path / "watched", KltopCallback(**options()))
    assert not watched.is_same_as(alone)


def exact(policy: torch.Tensor, reference: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both divergences of rows of logits in float64."""
    p, q = log_softmax(policy.double(), -1), log_softmax(reference.double(), -1)
    return (p.exp() * (p - q)).sum(-1), (q.exp() * (q - p)).sum(-1)


@pytest.mark.parametrize("peft", [True, False])
def test_rows_are_those_of_the_raw_logits(peft: bool, tmp_path: Path) -> None:
    before = small.model().eval()
    result = small.trained(small.sft, tmp_path, KltopCallback(**options()), peft=peft, learning_rate=5e-2)
    policy = result.trainer.model.eval()
    found = rows_at(tmp_path, 4)
    probes, _ = read_safetensors(tmp_path / "rows/probes.safetensors")
    offsets = probes["sample_offsets"].tolist()
    for number in range(len(found.samples)):
        ids = probes["input_ids"][offsets[number] : offsets[number + 1]].long()[None]
        with torch.no_grad():
            ours = policy(input_ids=ids).logits[0, :-1]
            theirs = before(input_ids=ids).logits[0, :-1]
        rows = found.rows.selected(torch.arange(found.sample_offsets[number], found.sample_offsets[number + 1]))
        for column, value in zip((rows.kl_policy_reference, rows.kl_reference_policy), exact(ours, theirs)):
            assert bool(((column - value).abs() <= 2e-6 * value.clamp(min=1)).all())
        assert torch.equal(rows.target.long(), ids[0, 1:])
        assert torch.equal(rows.position, torch.arange(ids.shape[1] - 1, dtype=torch.int32))
        logprobs = log_softmax(ours.double(), -1).gather(1, ids[0, 1:, None]).squeeze(1)
        assert torch.allclose(rows.target_logprob_policy.double(), logprobs, atol=2e-5, rtol=0)
        assert torch.equal(rows.top_reference.long(), theirs.argmax(-1))
    assert float(found.rows.kl_policy_reference.mean()) > 1e-4


def test_the_log_says_what_the_run_is(tmp_path: Path) -> None:
    small.trained(small.sft, tmp_path, KltopCallback(**options(every=2, generate=3)), save_strategy="steps", save_steps=3)
    lines = records(tmp_path)
    run = lines[0]
    assert (run["event"], run["total_steps"], run["reference"]) == ("run", 4, "adapter_off")
    assert run["sets"] == {"old": "retention", "new": "new"}
    assert run["config"]["lora_rank"] == 4
    assert run["config"]["learning_rate"] == 5e-3
    files = [record for record in lines if "rows_file" in record]
    assert [record["step"] for record in files] == [0, 2, 3, 4]
    assert all((tmp_path / record["rows_file"]).exists() for record in files)
    assert {(r["phase"], r["mode"], r["ref_mode"], r["grad_enabled"]) for r in files} == {("eval", "eval", "eval", False)}
    checkpoints = [record for record in lines if record.get("event") == "checkpoint"]
    assert [(record["step"], Path(record["path"]).name) for record in checkpoints] == [
        (3, "checkpoint-3"),
        (4, "checkpoint-4"),
    ]
    assert rows_at(tmp_path, 3).metadata["checkpoint"] == "checkpoint-3"
    completions = [record for record in lines if "completion" in record]
    assert len(completions) == 4 * 5
    assert all(record["completion"] == record["ref_completion"] for record in completions if record["step"] == 0)
    assert lines[-1] | {"time": 0} == {"event": "end", "time": 0, "status": "finished"}
    generations = {rows_at(tmp_path, step).metadata["generation"] for step in (0, 2, 3, 4)}
    assert generations == {"1"}


def test_without_probes_it_takes_its_own_and_the_trainings(tmp_path: Path) -> None:
    result = small.trained(small.sft, tmp_path, KltopCallback(every=4, batch=32))
    samples = rows_at(tmp_path, 4).samples
    assert [name for name, _ in samples].count("general") == 32
    assert [name for name, _ in samples].count("new") == 2, "the examples of the evaluation data"
    assert records(tmp_path)[0]["sets"] == {"general": "retention", "new": "new"}
    assert all("went wrong" not in line for line in result.told)


def test_without_evaluation_data_the_training_gives_examples(tmp_path: Path) -> None:
    from datasets import Dataset

    def make(out: Path, **more: Any) -> Any:
        trainer = small.sft(out, **more)
        trainer.eval_dataset = None
        return trainer

    alone = small.trained(make, tmp_path / "alone")
    result = small.trained(make, tmp_path / "run", KltopCallback(every=4, batch=32))
    assert result.is_same_as(alone)
    assert [name for name, _ in rows_at(tmp_path / "run", 4).samples].count("new") == len(small.TEXTS)
    stream = Dataset.from_dict({"text": small.TEXTS}).to_iterable_dataset()
    assert [item["text"] for item in kltop.hf._first_examples({"one": stream}) or []] == small.TEXTS
    assert kltop.hf._first_examples(iter(small.TEXTS)) is None, "reading would use it up"


def test_without_a_number_completions_come_with_the_evaluations_that_are_never_skipped(tmp_path: Path) -> None:
    small.trained(small.sft, tmp_path, KltopCallback(**options()), save_strategy="steps", save_steps=2, max_steps=5)
    found = [record for record in records(tmp_path) if "completion" in record]
    assert sorted({record["step"] for record in found}) == [0, 2, 4, 5]
    assert len(found) == 4 * 5
    assert all("ref_completion" in record for record in found)
    # With what the models were given of a text that has no prompt of its own, but for its first token.
    texts = {f"old-00{number}": text for number, text in enumerate(small.OLD)}
    for record in found:
        if record["sample"] in texts:
            ids = small.tokenizer()(texts[record["sample"]])["input_ids"]
            given = small.tokenizer().decode(ids[1 : min(16, len(ids) // 2)])
            assert record["completion"].startswith(given)
            assert record["ref_completion"].startswith(given)


def test_completions_that_go_wrong_cost_no_rows(tmp_path: Path) -> None:
    failure = RuntimeError("this model cannot generate")
    with mock.patch.object(kltop.models.CausalModel, "generated", side_effect=failure):
        result = small.trained(small.sft, tmp_path, KltopCallback(**options(generate=4)))
    assert [line for line in result.told if "completions went wrong" in line] == result.told
    assert len(result.told) == 1
    assert [len(rows_at(tmp_path, step).samples) for step in range(5)] == [5] * 5


def test_the_vocabulary_gives_the_probes_back(tmp_path: Path) -> None:
    small.trained(small.plain, tmp_path, KltopCallback(**options(every=4)))
    vocabulary, _ = read_safetensors(tmp_path / "rows/vocabulary.safetensors")
    offsets, text = vocabulary["offsets"].tolist(), bytes(vocabulary["text"].tolist())
    probes, metadata = read_safetensors(tmp_path / "rows/probes.safetensors")
    bounds = probes["sample_offsets"].tolist()
    texts = []
    for first, end in zip(bounds, bounds[1:]):
        ids = probes["input_ids"][first:end].tolist()
        texts.append(b"".join(text[offsets[token] : offsets[token + 1]] for token in ids).decode())
    assert texts == [*small.OLD, *small.NEW]
    assert json.loads(metadata["samples"])[0] == ["old", "old-000"]


# References


def test_a_stored_reference_equals_a_second_model(tmp_path: Path) -> None:
    stored = small.trained(small.plain, tmp_path / "stored", KltopCallback(**options()))
    second = small.trained(small.plain, tmp_path / "second", KltopCallback(**options(reference=small.model())))
    assert second.is_same_as(stored)
    for step in range(5):
        one, other = rows_at(tmp_path / "stored", step).rows, rows_at(tmp_path / "second", step).rows
        for name in vars(one):
            assert torch.equal(getattr(one, name), getattr(other, name)), (step, name)
    tensors, _ = read_safetensors(tmp_path / "stored/rows/reference.safetensors")
    assert tensors["head"].shape == (330, 32), "its embeddings are tied, so the head is tuned"


def test_a_resumed_run_measures_against_the_model_before_tuning(tmp_path: Path) -> None:
    more = {"save_strategy": "steps", "save_steps": 2, "lr_scheduler_type": "constant"}
    whole = small.trained(small.plain, tmp_path / "whole", KltopCallback(**options()), **more)
    first = small.trained(small.plain, tmp_path / "run", KltopCallback(**options()), max_steps=2, **more)
    assert first.told == []
    again = small.trained(
        small.plain, tmp_path / "run", KltopCallback(**options()), resume=str(tmp_path / "run/checkpoint-2"), **more
    )
    assert again.told == []
    assert whole.losses[2:] == again.losses[2:]
    one, other = rows_at(tmp_path / "whole", 4), rows_at(tmp_path / "run", 4)
    assert torch.equal(one.rows.kl_reference_policy, other.rows.kl_reference_policy)
    assert (one.metadata["generation"], other.metadata["generation"]) == ("1", "2")


def test_a_resumed_run_without_the_file_refuses_to_measure(tmp_path: Path) -> None:
    more = {"save_strategy": "steps", "save_steps": 2}
    small.trained(small.plain, tmp_path, KltopCallback(**options()), max_steps=2, **more)
    (tmp_path / "rows/reference.safetensors").unlink()
    for path in (tmp_path / "rows").glob("step-*"):
        path.unlink()
    result = small.trained(small.plain, tmp_path, KltopCallback(**options()), resume=str(tmp_path / "checkpoint-2"), **more)
    assert len(result.losses) == 4
    assert any("resumed model is not it" in line for line in result.told)
    assert not list((tmp_path / "rows").glob("step-*"))


def test_a_tuning_that_begins_anew_forgets_the_reference_before_it(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows/reference.rank-00003.safetensors").write_bytes(b"of another run")
    small.trained(small.plain, tmp_path, KltopCallback(**options(every=4)))
    assert [path.name for path in (tmp_path / "rows").glob("reference*")] == ["reference.safetensors"]


def test_a_probe_that_the_stored_reference_does_not_know_is_refused_by_name(tmp_path: Path) -> None:
    more = {"save_strategy": "steps", "save_steps": 2}
    small.trained(small.plain, tmp_path, KltopCallback(**options()), max_steps=2, **more)
    changed = {"old": [small.TEXTS[6], small.OLD[1]], "new": small.NEW}
    result = small.trained(
        small.plain, tmp_path, KltopCallback(**options(probes=changed)), resume=str(tmp_path / "checkpoint-2"), **more
    )
    assert any("old-000" in line for line in result.told)
    found = rows_at(tmp_path, 4)
    assert ("old", "old-000") not in found.samples
    assert len(found.samples) == 4
    assert found.metadata["probes"] != "probes.safetensors"
    assert (tmp_path / "rows" / found.metadata["probes"]).exists()


def test_an_adapter_that_was_tuned_before_is_no_reference_of_zero(tmp_path: Path) -> None:
    from peft import get_peft_model

    def make(out: Path, **more: Any) -> Any:
        trainer = small.plain(out, **more)
        trainer.model = trainer.model_wrapped = get_peft_model(trainer.model, small.lora())
        trainer.callback_handler.model = trainer.model
        with torch.no_grad():
            for name, parameter in trainer.model.named_parameters():
                if "lora_B" in name:
                    parameter.fill_(0.5)
        return trainer

    result = small.trained(make, tmp_path, KltopCallback(**options()))
    assert any("differs from its base at the start" in line for line in result.told)
    first = rows_at(tmp_path, 0)
    assert first.metadata["reference"] == "stored"
    assert bool((first.rows.kl_policy_reference == 0).all())
    assert records(tmp_path)[0]["reference"] == "stored"


def test_where_the_head_is_not_what_it_seems_all_logits_are_built(tmp_path: Path) -> None:
    def make(out: Path, **more: Any) -> Any:
        trainer = small.plain(out, **more)
        forward = trainer.model.forward

        @functools.wraps(forward)
        def doubled(*arguments: Any, **given: Any) -> Any:
            output = forward(*arguments, **given)
            output.logits = output.logits * 2
            return output

        trainer.model.forward = doubled
        return trainer

    result = small.trained(make, tmp_path, KltopCallback(**options()))
    assert any("all logits are built" in line for line in result.told)
    assert bool((rows_at(tmp_path, 0).rows.kl_policy_reference == 0).all())
    assert float(rows_at(tmp_path, 4).rows.kl_policy_reference.max()) > 0
    tensors, _ = read_safetensors(tmp_path / "rows/reference.safetensors")
    assert "logits" in tensors


# Whatever goes wrong, the training is the same


def alone(tmp_path: Path) -> small.Result:
    return small.trained(small.plain, tmp_path / "alone")


def test_a_classifier_is_told_apart_in_one_line(tmp_path: Path) -> None:
    from transformers import GPT2ForSequenceClassification

    def make(out: Path, **more: Any) -> Any:
        trainer = small.plain(out, **more)
        model = GPT2ForSequenceClassification(trainer.model.config)
        model.config.pad_token_id = 0
        trainer.model = trainer.model_wrapped = model
        trainer.data_collator = lambda items: {
            "input_ids": torch.tensor([item["input_ids"][:8] for item in items]), "labels": torch.tensor([0] * len(items)),
        }  # fmt: skip
        return trainer

    result = small.trained(make, tmp_path, KltopCallback(**options()))
    assert len(result.losses) == 4
    assert len(result.told) == 1
    assert "only causal language models are measured" in result.told[0]


@pytest.mark.parametrize(
    "wrong",
    [{"every": 0}, {"every": "often"}, {"overhead": 2}, {"reference": "base"}, {"entries": "bf16"}, {"retention": "old"}],
)
def test_an_option_that_makes_no_sense_is_told_before_the_training(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        KltopCallback(**wrong)


def test_a_list_of_texts_is_one_set(tmp_path: Path) -> None:
    result = small.trained(small.plain, tmp_path, KltopCallback(probes=small.OLD, retention=["olds"], every=4))
    assert rows_at(tmp_path, 0).samples == [("probes", "probes-000"), ("probes", "probes-001")]
    assert result.told == ["kltop: there are no probes of the set olds"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file is in the way")
    result = small.trained(small.plain, tmp_path / "run", KltopCallback(**options(), out=blocked))
    assert result.is_same_as(alone(tmp_path))
    assert result.told
    assert all(len(line) < 500 for line in result.told)


def test_a_full_disk(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch("kltop.rows.write_safetensors", side_effect=full):
        result = small.trained(small.plain, tmp_path / "run", KltopCallback(**options(reference=small.model())))
    assert result.is_same_as(alone(tmp_path))
    assert any("No space left on device" in line for line in result.told)


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "kltop", disk], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        result = small.trained(small.plain, tmp_path / "run", KltopCallback(**options(), out=disk / "run"))
        left = sum(path.stat().st_size for path in disk.rglob("*") if path.is_file())
        torn = [line for line in (disk / "run/metrics.jsonl").read_bytes().splitlines() if not line.endswith(b"}")]
    finally:
        subprocess.run(["umount", disk], check=True)
    assert result.is_same_as(alone(tmp_path))
    assert any("No space left on device" in line for line in result.told)
    assert left <= 32 << 10
    assert len(torn) <= 1, "only the last line may be cut off"


def test_a_forward_pass_that_raises_switches_the_probes_off_after_three(tmp_path: Path) -> None:
    def raising(*_: Any) -> Any:
        raise RuntimeError("out of memory, let us say")

    callback = KltopCallback(**options(reference=small.model()))
    with (
        mock.patch.object(kltop.models.CausalModel, "check_head", return_value=True),
        mock.patch.object(kltop.references.SecondModel, "evidence", raising),
    ):
        result = small.trained(small.plain, tmp_path / "run", callback)
    assert result.is_same_as(alone(tmp_path))
    assert len([line for line in result.told if "out of memory" in line]) == 3
    assert "not measured any more" in result.told[-1]
    assert [record["loss"] for record in records(tmp_path / "run") if "loss" in record]


def test_a_model_that_makes_its_buffers_anew_keeps_them(tmp_path: Path) -> None:
    model = torch.nn.Module()
    model.register_buffer("table", torch.ones(3))
    table = model.table
    with kltop.models.undisturbed([model]):
        model.table.add_(1)
        model.register_buffer("table", torch.zeros(5))
    assert model.table is table
    assert torch.equal(model.table, torch.ones(3))


def test_flags_generators_and_gradients_are_put_back() -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Sequential(torch.nn.Dropout().eval()))
    before = torch.get_rng_state()
    with pytest.raises(RuntimeError), kltop.models.undisturbed([model]):
        assert not torch.is_grad_enabled()
        assert not any(module.training for module in model.modules())
        torch.rand(3)
        raise RuntimeError
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert [module.training for module in model.modules()] == [True, True, True, False]


# How a run ends

SCRIPT = """
    import os, signal, sys
    sys.path[:0] = {paths}
    import small
    from transformers import TrainerCallback
    from kltop.hf import KltopCallback

    class Breaks(TrainerCallback):
        def on_step_end(self, args, state, control, **given):
            if state.global_step == 2:
                {deed}

    trainer = small.plain(__import__("pathlib").Path({out!r}))
    trainer.add_callback(KltopCallback(probes=small.PROBES, every=1))
    trainer.add_callback(Breaks())
    {before}
    trainer.train()
"""


def run_script(tmp_path: Path, deed: str, before: str = "") -> tuple[int, dict[str, Any]]:
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    text = textwrap.dedent(SCRIPT).format(paths=paths, out=str(tmp_path), deed=deed, before=before)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, check=False)
    return result.returncode, records(tmp_path)[-1]


def test_an_exception_that_nobody_catches(tmp_path: Path) -> None:
    code, last = run_script(tmp_path, 'raise ArithmeticError("no")')
    assert code == 1
    assert (last["event"], last["status"], last["exception"]) == ("end", "failed", "ArithmeticError")


def test_a_signal_that_ends_the_process(tmp_path: Path) -> None:
    code, last = run_script(tmp_path, "os.kill(os.getpid(), signal.SIGTERM)")
    assert code == -signal.SIGTERM
    assert (last["status"], last["signal"]) == ("interrupted", "SIGTERM")


def test_a_handler_of_the_trainings_own_is_called(tmp_path: Path) -> None:
    handler = "signal.signal(signal.SIGUSR1, lambda *_: os._exit(7))"
    code, last = run_script(tmp_path, "os.kill(os.getpid(), signal.SIGUSR1)", handler)
    assert code == 7
    assert last["status"] == "interrupted"


# Two processes


def free_port() -> int:
    """Below those that a system gives out by itself: another connection may hold one of these by the time it is used."""
    for port in range(29000 + os.getpid() % 900, 30000):
        with contextlib.suppress(OSError), socket.socket() as found:
            found.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def worker(rank: int, folder: str, port: int) -> None:
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port),
        ACCELERATE_USE_CPU="true",
    )  # fmt: skip
    torch.set_num_threads(1)
    for is_watched in (False, True):
        out = Path(folder, str(is_watched))
        callback: Optional[KltopCallback] = KltopCallback(**options(generate=4)) if is_watched else None
        result = small.trained(small.plain, out, callback, ddp_backend="gloo", per_device_train_batch_size=1)
        out.mkdir(exist_ok=True)
        torch.save((result.losses, result.parameters, result.told), out / f"result-{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_processes_measure_their_shares(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(worker, (str(tmp_path), free_port()), nprocs=2)
    results = {
        is_watched: [torch.load(tmp_path / str(is_watched) / f"result-{rank}.pt") for rank in (0, 1)]
        for is_watched in (False, True)
    }
    for (losses, parameters, _), (with_losses, with_parameters, told) in zip(results[False], results[True]):
        assert told == []
        assert losses == with_losses
        assert all(torch.equal(value, with_parameters[name]) for name, value in parameters.items())
    folder = tmp_path / "True"
    found = rows_at(folder, 4)
    names = [("old", f"old-00{n}") for n in range(2)] + [("new", f"new-00{n}") for n in range(3)]
    assert (found.samples, found.metadata["rank"], found.metadata["world_size"]) == (names, "0", "1")
    assert not list(folder.glob("rows/*.rank-*.safetensors")) or {
        path.name.split(".")[0] for path in folder.glob("rows/*.rank-*.safetensors")
    } == {"reference"}, "rank 0 has joined the ranks' files"
    line = next(record for record in records(folder) if record.get("rows_file") and record["step"] == 4)
    assert line["rows_file"] == "rows/step-00000004.safetensors"
    for step in range(5):
        told = [(r["set"], r["sample"]) for r in records(folder) if "completion" in r and r["step"] == step]
        assert sorted(told) == sorted(names), "of the probes of both ranks"
    assert bool((rows_at(folder, 0).rows.kl_policy_reference == 0).all())
    single = small.trained(small.plain, folder / "single", KltopCallback(**options()), max_steps=1)
    assert single.told == []
    one = rows_at(folder / "single", 0)
    assert torch.equal(one.sample_offsets, rows_at(folder, 0).sample_offsets)
    assert torch.equal(one.rows.target, rows_at(folder, 0).rows.target)


def test_ranks_files_that_do_not_belong_together_stay(tmp_path: Path) -> None:
    policy, reference = torch.randn(3, 9), torch.randn(3, 9)
    rows = kltop.rows.reduce_rows(policy, reference)

    def write(rank: int, launch: str) -> None:
        about = {"rank": rank, "world_size": 2, "launch": launch, "generation": 1, "sequence": 0, "time": 1.5}
        path = tmp_path / kltop.rows.rows_file_name(7, rank, 2)
        kltop.rows.write_rows(path, rows, [("a", f"s{rank}")], [0, 3], step=7, k=8, vocabulary=9, metadata=about)

    (tmp_path / "rows").mkdir()
    joiner = RanksJoiner(tmp_path, 2, {"launch": "this", "generation": 1}, [("a", "s1"), ("a", "s0")], lambda *_: None)
    joiner.add(7, 0)
    write(0, "this")
    joiner.join()
    write(1, "another")
    joiner.join(patience=0.01)
    assert not (tmp_path / "rows/step-00000007.safetensors").exists()
    write(1, "this")
    joiner.join()
    assert [path.name for path in (tmp_path / "rows").iterdir()] == ["step-00000007.safetensors"]
    found = rows_at(tmp_path, 7)
    assert found.samples == [("a", "s1"), ("a", "s0")]
    assert torch.equal(found.rows.kl_policy_reference, rows.kl_policy_reference.repeat(2))
    assert torch.equal(found.rows.entry_ids, rows.entry_ids.repeat(2))


def spread_worker(rank: int, folder: str, port: int) -> None:
    """A plain loop over weights that FSDP spreads over two processes, watched and not."""
    from peft import get_peft_model
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    os.environ.update(RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    mesh = init_device_mesh("cpu", (2,))
    tokenizer = small.tokenizer()
    results: dict[str, Any] = {}
    for kind in ("full", "lora"):
        for is_watched in (False, True):
            made = small.model()
            model = made if kind == "full" else get_peft_model(made, small.lora())
            for block in made.transformer.h:
                fully_shard(block, mesh=mesh)
            fully_shard(model, mesh=mesh)
            optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=2e-2)
            monitor = None
            if is_watched:
                monitor = kltop.monitor.Monitor(
                    Path(folder, kind), model, tokenizer=tokenizer, probes=small.PROBES, every=1, batch=2
                )
            torch.manual_seed(11 + rank)
            model.train()
            for step in range(3):
                if monitor is not None:
                    monitor.measure(step)
                ids = torch.tensor([tokenizer(small.TEXTS[2 * step + rank])["input_ids"]])
                model(input_ids=ids, labels=ids).loss.backward()
                optimizer.step()
                optimizer.zero_grad()
            if monitor is not None:
                monitor.measure(3)
                monitor.end()
            results[f"{kind} {is_watched}"] = {
                name: p.full_tensor().detach().clone() for name, p in model.named_parameters()
            }
    torch.save(results, Path(folder, f"result-{rank}.pt"))
    torch.distributed.destroy_process_group()


def test_weights_that_are_spread_over_processes(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(spread_worker, (str(tmp_path), free_port()), nprocs=2)
    results = torch.load(tmp_path / "result-0.pt")
    for kind in ("full", "lora"):
        for name, value in results[f"{kind} False"].items():
            assert torch.equal(value, results[f"{kind} True"][name]), (kind, name)
        tuned = small.model()
        if kind == "lora":
            from peft import get_peft_model

            tuned = get_peft_model(tuned, small.lora())
        tuned.load_state_dict(results[f"{kind} True"], strict=False)
        tuned.eval()
        before = small.model().eval()
        assert bool((rows_at(tmp_path / kind, 0).rows.kl_policy_reference == 0).all())
        found = rows_at(tmp_path / kind, 3)
        assert found.metadata["world_size"] == "1", "rank 0 has joined the ranks' files"
        texts = dict(zip([("old", f"old-00{n}") for n in range(2)], small.OLD))
        texts.update(zip([("new", f"new-00{n}") for n in range(3)], small.NEW))
        assert found.samples == list(texts)
        for number, name in enumerate(texts):
            ids = torch.tensor([small.tokenizer()(texts[name])["input_ids"]])
            with torch.no_grad():
                values = exact(tuned(input_ids=ids).logits[0, :-1], before(input_ids=ids).logits[0, :-1])
            rows = found.rows.selected(torch.arange(found.sample_offsets[number], found.sample_offsets[number + 1]))
            assert torch.allclose(rows.kl_policy_reference.double(), values[0], rtol=1e-4, atol=2e-6)
            assert float(values[0].max()) > 1e-5


def spread_trainer(rank: int, folder: str, port: int) -> None:
    """transformers' Trainer over weights that its FSDP spreads over two processes, watched and not."""
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port),
        ACCELERATE_USE_CPU="true",
    )  # fmt: skip
    torch.set_num_threads(1)
    more = {
        "ddp_backend": "gloo", "per_device_train_batch_size": 1, "max_steps": 2, "fsdp": "full_shard auto_wrap",
        "fsdp_config": {"fsdp_version": 2, "transformer_layer_cls_to_wrap": ["GPT2Block"]},
    }  # fmt: skip
    results: dict[bool, Any] = {}
    for is_watched in (False, True):
        callback = KltopCallback(**options()) if is_watched else None
        result = small.trained(small.plain, Path(folder, str(is_watched)), callback, **more)
        whole = {name: p.full_tensor() if hasattr(p, "full_tensor") else p for name, p in result.parameters.items()}
        results[is_watched] = (result.losses, whole, result.told)
    assert results[True][2] == []
    assert results[True][0] == results[False][0]
    assert all(torch.equal(value, results[True][1][name]) for name, value in results[False][1].items())
    torch.distributed.destroy_process_group()


def test_a_trainer_whose_weights_are_spread(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(spread_trainer, (str(tmp_path), free_port()), nprocs=2)
    folder = tmp_path / "True"
    assert bool((rows_at(folder, 0).rows.kl_policy_reference == 0).all())
    last = rows_at(folder, 2)
    assert (len(last.samples), last.metadata["world_size"]) == (5, "1")
    assert float(last.rows.kl_policy_reference.max()) > 1e-7


def test_the_logger_counts_updates_through_accelerates_optimizer(tmp_path: Path) -> None:
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True)
    model = torch.nn.Linear(2, 1)
    model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.1))
    log = kltop.RunLogger(tmp_path, policy=model, optimizer=optimizer)
    for _ in range(2):
        loss = model(torch.ones(1, 2)).sum()
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        log.metrics(loss=loss)
    assert [record["step"] for record in records(tmp_path) if "loss" in record] == [0, 1]
    assert log.step == 2
