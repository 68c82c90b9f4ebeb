"""Checkpoints × probes → rows: the same bytes in every way of running."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import small
import torch
from torch.nn.functional import log_softmax

import kltop
from kltop import capture
from kltop.rows import read_rows, read_safetensors


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, three full checkpoints, one of them in several files, and two LoRA adapters."""
    from peft import get_peft_model

    folder = tmp_path_factory.mktemp("models")
    base = small.model()
    base.save_pretrained(folder / "base")
    small.tokenizer().save_pretrained(folder / "base")
    generator = torch.Generator().manual_seed(4)

    def moved(model: Any, distance: float) -> Any:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "lora" in name or distance < 1:
                    parameter.add_(torch.randn(parameter.shape, generator=generator) * distance * 0.05)
        return model

    moved(small.model(), 0.1).save_pretrained(folder / "out/checkpoint-5")
    moved(small.model(), 0.3).save_pretrained(folder / "out/checkpoint-10", max_shard_size="60KB")
    moved(get_peft_model(small.model(), small.lora()), 1.0).save_pretrained(folder / "out/checkpoint-15")
    moved(get_peft_model(small.model(), small.lora()), 2.0).save_pretrained(folder / "out/checkpoint-20")
    moved(small.model(), 0.7).save_pretrained(folder / "out/checkpoint-25")
    lines: list[dict[str, Any]] = [{"set": "old", "sample": f"o{n}", "text": text} for n, text in enumerate(small.OLD)]
    ids = [small.tokenizer()(text)["input_ids"] for text in small.NEW]
    lines += [{"set": "new", "sample": f"n{n}", "input_ids": tokens, "start": 3} for n, tokens in enumerate(ids)]
    (folder / "probes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


STEPS = (5, 10, 15, 20, 25)


def arguments(models: Path, out: Any, *more: str) -> list[str]:
    return [
        "--reference", str(models / "base"), "--checkpoints", str(models / "out/checkpoint-*"), "--probes",
        str(models / "probes.jsonl"), "--out", str(out), "--block", "2", *more,
    ]  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def plain(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    assert capture.main(arguments(models, out)) == 0
    return out


def test_rows_are_those_of_the_checkpoints(models: Path, plain: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    steps = [f"rows/step-{step:08d}.safetensors" for step in STEPS]
    assert sorted(files(plain)) == ["rows/probes.safetensors", *steps, "rows/vocabulary.safetensors"]
    base = AutoModelForCausalLM.from_pretrained(models / "base").eval()
    probes, _ = read_safetensors(plain / "rows/probes.safetensors")
    bounds = probes["sample_offsets"].tolist()
    for step in STEPS:
        path = models / f"out/checkpoint-{step}"
        own = AutoModelForCausalLM.from_pretrained(models / "base" if step in (15, 20) else path).eval()
        policy = PeftModel.from_pretrained(own, path).eval() if step in (15, 20) else own
        found = read_rows(plain / f"rows/step-{step:08d}.safetensors")
        assert found.samples == [("old", "o0"), ("old", "o1"), ("new", "n0"), ("new", "n1"), ("new", "n2")]
        about = found.metadata
        assert (about["checkpoint"], about["generation"], about["world_size"]) == (f"checkpoint-{step}", "0", "1")
        assert float(about["time"]) == max(file.stat().st_mtime for file in path.glob("*.safetensors"))
        for number in range(5):
            ids = probes["input_ids"][bounds[number] : bounds[number + 1]].long()[None]
            start = 1 if number < 2 else 3
            with torch.no_grad():
                p, q = (
                    log_softmax(model(input_ids=ids).logits[0, start - 1 : -1].double(), -1) for model in (policy, base)
                )
            value = (p.exp() * (p - q)).sum(-1)
            rows = found.rows.selected(torch.arange(found.sample_offsets[number], found.sample_offsets[number + 1]))
            assert bool(((rows.kl_policy_reference - value).abs() <= 2e-6 * value.clamp(min=1)).all())
            assert float(value.max()) > 1e-6


def test_shards_in_any_order_give_the_same_bytes(models: Path, plain: Path, tmp_path: Path, capsys: Any) -> None:
    assert capture.main(arguments(models, tmp_path, "--shard", "2/3")) == 0
    assert "others are left open" in capsys.readouterr().err
    assert capture.main(arguments(models, tmp_path, "--shard", "0/3")) == 0
    assert capture.main(arguments(models, tmp_path, "--shard", "1/3")) == 0
    assert files(tmp_path) == files(plain)


def test_a_second_run_does_nothing(models: Path, plain: Path, capsys: Any) -> None:
    before = {name: (plain / name).stat().st_mtime_ns for name in files(plain)}
    assert capture.main(arguments(models, plain)) == 0
    assert {name: (plain / name).stat().st_mtime_ns for name in files(plain)} == before
    assert "15 of 15 units are there already" in capsys.readouterr().err


def started(models: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(kltop.__file__).parent.parent), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "kltop.capture", *arguments(models, out, *more)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_two_processes_of_which_one_is_killed(models: Path, plain: Path, tmp_path: Path) -> None:
    """Two shards beside each other; one of them dies as soon as a part is there, and is started again."""
    processes = [started(models, tmp_path, "--shard", f"{number}/2") for number in (0, 1)]
    deadline = time.monotonic() + 120
    while processes[0].poll() is None and not list(tmp_path.glob("rows/.parts/*/*")) and time.monotonic() < deadline:
        time.sleep(0.002)
    processes[0].send_signal(signal.SIGKILL)
    again = started(models, tmp_path, "--shard", "0/2")
    assert [process.wait() for process in (processes[1], again)] == [0, 0]
    found = {name: data for name, data in files(tmp_path).items() if not name.endswith(".tmp")}
    assert found == files(plain), "5 of 5 files, byte by byte, and no part left"


@pytest.mark.parametrize("loss", ["cut", "zeros", "nothing"])
def test_a_part_of_which_something_was_lost_is_measured_again(
    loss: str, models: Path, plain: Path, tmp_path: Path, capsys: Any
) -> None:
    """As a machine leaves it that fell over before its disk had everything."""
    assert capture.main(arguments(models, tmp_path, "--shard", "0/15")) == 0
    (part,) = tmp_path.glob("rows/.parts/*/*")
    data = part.read_bytes()
    lost = {"cut": data[:-200], "zeros": data[:-400] + bytes(400), "nothing": b""}
    part.write_bytes(lost[loss])
    assert capture.main(arguments(models, tmp_path)) == 0
    assert "checkpoint-5, block 0: its part is broken" in capsys.readouterr().err
    assert files(tmp_path) == files(plain)


def test_a_store_that_fsspec_reaches(models: Path, plain: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    assert capture.main(arguments(models, "memory://drift")) == 0
    found = {path.split("drift/")[1]: system.cat_file(path) for path in system.find("/drift")}
    assert found == files(plain)


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_checkpoints_that_fsspec_reaches(scheme: str, models: Path, plain: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    place = f"{scheme}://{tmp_path}/bucket"
    fsspec.filesystem(scheme).put(str(models) + "/", place, recursive=True)
    found = capture.checkpoints([f"{place}/out/checkpoint-*"])
    assert [capture.step_of(path) for path in found] == list(STEPS)
    assert all(map(capture.is_whole, found))
    given = arguments(models, tmp_path / "drift")
    given[1], given[3], given[5] = f"{place}/base", f"{place}/out/checkpoint-*", f"{place}/probes.jsonl"
    assert capture.main(given) == 0
    for step in STEPS:
        one, other = (read_rows(out / f"rows/step-{step:08d}.safetensors") for out in (plain, tmp_path / "drift"))
        assert one.samples == other.samples
        assert all(torch.equal(getattr(one.rows, name), getattr(other.rows, name)) for name in vars(one.rows))
        assert other.metadata["checkpoint"] == f"checkpoint-{step}"
    assert (tmp_path / "drift/rows/vocabulary.safetensors").read_bytes() == (
        plain / "rows/vocabulary.safetensors"
    ).read_bytes()


def test_longer_texts_than_the_model_has_positions_for_are_cut(models: Path, tmp_path: Path, capsys: Any) -> None:
    text = " ".join(small.TEXTS * 3)
    (tmp_path / "probes.jsonl").write_text(json.dumps({"set": "old", "sample": "long", "text": text}) + "\n")
    given = arguments(models, tmp_path / "drift")
    given[5] = str(tmp_path / "probes.jsonl")
    assert capture.main(given) == 0
    assert "set old: 1 cut to 96 tokens" in capsys.readouterr().err
    assert len(read_rows(tmp_path / "drift/rows/step-00000005.safetensors").rows) == 95


def test_a_unit_that_fails_is_listed_and_the_others_go_on(
    models: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[capture.Unit] = []
    measure = capture.Capture.measure

    def failing(self: capture.Capture, unit: capture.Unit) -> None:
        if unit.block == 1 and unit.checkpoint.endswith("-10"):
            tried.append(unit)
            raise RuntimeError("out of memory, let us say")
        measure(self, unit)

    monkeypatch.setattr(capture.Capture, "measure", failing)
    assert capture.main(arguments(models, tmp_path)) == 1
    assert len(tried) == capture.MOST_ATTEMPTS
    assert "checkpoint-10, 1 of 3 blocks (1): RuntimeError: out of memory" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.glob("rows/step-*")) == [
        f"step-{step:08d}.safetensors" for step in STEPS if step != 10
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model_world_size_2_rank_0.pt", "verl.model_merger"),
        ("zero_to_fp32.py", "zero_to_fp32.py"),
        ("pytorch_model_fsdp_0", "merge-weights"),
        ("mp_rank_00", "Megatron"),
        ("pytorch_model.bin", "a pickle is never loaded"),
    ],
)
def test_what_is_no_safetensors_is_refused_with_the_command(name: str, words: str, models: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x80")
    with pytest.raises(capture.Refused, match=words):
        capture.weight_files(str(tmp_path))
    assert not capture.is_whole(str(tmp_path))


def test_a_checkpoint_counts_once_it_is_whole(models: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkpoint-10"
    shutil.copytree(models / "out/checkpoint-10", copy)
    assert capture.is_whole(str(copy))
    first = sorted(copy.glob("*.safetensors"))[0]
    data = first.read_bytes()
    first.write_bytes(data[:-1])
    assert not capture.is_whole(str(copy))
    first.unlink()
    assert not capture.is_whole(str(copy))


def test_watching_ends_with_the_checkpoint_it_is_told(models: Path, plain: Path, tmp_path: Path) -> None:
    more = ("--watch", "--until", "checkpoint-25", "--interval", "0.01")
    assert capture.main(arguments(models, tmp_path, *more)) == 0
    assert files(tmp_path) == files(plain)


def test_a_worker_loads_the_reference_once(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = capture.Models._loaded

    def noted(self: capture.Models, place: str) -> Any:
        loaded.append(Path(place).name)
        return load(self, place)

    monkeypatch.setattr(capture.Models, "_loaded", noted)
    assert capture.main(arguments(models, tmp_path)) == 0
    assert loaded == ["base", "checkpoint-5", "checkpoint-10", "checkpoint-25"], "adapters are put into it and taken out"


def test_a_shard_loads_few_checkpoints() -> None:
    units = [capture.Unit(f"checkpoint-{number}", block) for number in range(7) for block in range(3)]
    for count in (1, 2, 5, 16, 30):
        shards = [capture.shard_of(units, (index, count)) for index in range(count)]
        assert [unit for shard in shards for unit in shard] == units, "nothing twice, nothing left out"
        assert max(map(len, shards)) - min(map(len, shards)) <= 1
        assert sum(len({unit.checkpoint for unit in shard}) for shard in shards) <= 7 + count - 1


def test_vocabularies_of_unequal_length(models: Path, tmp_path: Path, capsys: Any) -> None:
    model = small.model()
    model.resize_token_embeddings(340)
    model.save_pretrained(tmp_path / "out/checkpoint-1")
    common = arguments(models, tmp_path / "drift")
    common[3] = str(tmp_path / "out/checkpoint-*")
    assert capture.main(common) == 1
    assert "340 entries, the reference has 330" in capsys.readouterr().err
    assert capture.main([*common, "--vocabulary", "common"]) == 0
    found = read_rows(tmp_path / "drift/rows/step-00000001.safetensors")
    assert [found.metadata[name] for name in ("vocabulary", "vocabulary_policy", "vocabulary_reference")] == [
        "330", "340", "330",
    ]  # fmt: skip
    assert float(found.rows.kl_policy_reference.max()) < 1e-9


def test_what_cannot_be_used_is_one_line(models: Path, tmp_path: Path, capsys: Any) -> None:
    missing = arguments(models, tmp_path)
    missing[3] = str(tmp_path / "nothing-*")
    assert capture.main(missing) == 65
    no_reference = arguments(models, tmp_path)
    no_reference[1] = str(tmp_path / "no-such-model")
    assert capture.main(no_reference) == 65
    (tmp_path / "probes").write_text('{"set":"a","sample":"b","text":"c d e"}\n{"set":"a","sample":"b","text":"f g h"}\n')
    twice = arguments(models, tmp_path)
    twice[5] = str(tmp_path / "probes")
    assert capture.main(twice) == 65
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert "no-such-model: no model that transformers can load" in told[1]
    assert "stands there twice" in told[2]
    with pytest.raises(SystemExit):
        capture.main(arguments(models, tmp_path, "--shard", "3/3"))
