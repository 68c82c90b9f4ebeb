"""Rows against float64, and the files they are kept in."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest import mock

import make_rows_fixture
import pytest
import torch

import kltop
from kltop import _passes, _reduce
from kltop.rows import (
    BEYOND_FLOAT32,
    MASKED_IN_BOTH,
    MASKS_DIFFER,
    NO_TARGET,
    NOT_A_NUMBER,
    Rows,
    fitted,
    read_rows,
    read_safetensors,
    reduce_hidden,
    reduce_rows,
    rows_file_name,
    write_rows,
    write_vocabulary,
)

inf, nan = math.inf, math.nan


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pair(rows: int, vocabulary: int, dtype: torch.dtype, scale: float = 3.0) -> tuple[torch.Tensor, torch.Tensor]:
    made = generator(vocabulary)
    reference = torch.randn(rows, vocabulary, generator=made) * scale
    policy = reference + torch.randn(rows, vocabulary, generator=made) * scale * 0.3
    return policy.to(dtype), reference.to(dtype)


def exact(policy: torch.Tensor, reference: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    p, q = policy.double().log_softmax(-1), reference.double().log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1), (q.exp() * (q - p)).sum(-1)


def assert_equal(one: Rows, other: Rows) -> None:
    for field in fields(Rows):
        values = [getattr(rows, field.name) for rows in (one, other)]
        assert values[0].dtype == values[1].dtype
        assert torch.equal(*(value.nan_to_num(7.0) if value.is_floating_point() else value for value in values)), field


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("vocabulary", [2, 63, 64, 65, 1000, 50257])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 10.0])
def test_divergences_keep_their_promise(dtype: torch.dtype, vocabulary: int, scale: float) -> None:
    policy, reference = pair(12, vocabulary, dtype, scale)
    rows = reduce_rows(policy, reference, torch.arange(12) % vocabulary)
    p, q = policy.double().log_softmax(-1), reference.double().log_softmax(-1)
    for found, value in zip((rows.kl_policy_reference, rows.kl_reference_policy), exact(policy, reference)):
        assert bool(((found - value).abs() <= 2e-6 * value.clamp(min=1)).all())
        assert bool((found >= 0).all())
    for found, logs in ((rows.entropy_policy, p), (rows.entropy_reference, q)):
        assert torch.allclose(found.double(), -(logs.exp() * logs).sum(-1), rtol=2e-6, atol=2e-6)
    assert torch.allclose(rows.total_variation.double(), (p.exp() - q.exp()).abs().sum(-1) / 2, atol=1e-6)
    target = (torch.arange(12) % vocabulary)[:, None]
    assert torch.allclose(rows.target_logprob_policy.double(), p.gather(1, target)[:, 0], rtol=1e-6, atol=4e-6)
    ranks = 1 + (reference.double() > reference.double().gather(1, target)).sum(1)
    assert torch.equal(rows.target_rank_reference.long(), ranks)
    assert torch.equal(rows.top_policy.long(), policy.float().argmax(-1))


@pytest.mark.parametrize(("dtype", "vocabulary"), [(torch.float32, 256), (torch.float32, 50257), (torch.bfloat16, 1300)])
def test_compiled_passes_give_the_same_rows(dtype: torch.dtype, vocabulary: int) -> None:
    torch._dynamo.reset()
    assert _passes.can_compile(), "the tests need a C++ compiler"
    policy, reference = pair(13, vocabulary, dtype)
    # Done again in float64: a difference of masks, an entry masked in both, and what float32 cannot hold.
    policy[3, 7] = -inf
    policy[5, 8] = reference[5, 8] = -inf
    policy[6, 9], reference[6, 9] = 3e38, -3e38
    targets = torch.arange(13) * 19 % vocabulary
    targets[1] = -1
    eager, compiled = (reduce_rows(policy, reference, targets, compiles=compiles) for compiles in (False, True))
    for column, value in zip((compiled.kl_policy_reference, compiled.kl_reference_policy), exact(policy, reference)):
        sound = torch.tensor([0, 1, 2, 4, *range(7, 13)])
        assert bool(((column - value).abs() <= 2e-6 * value.clamp(min=1))[sound].all())
    for field in fields(Rows):
        one, other = (getattr(rows, field.name) for rows in (eager, compiled))
        # Of equal logits at the end of the list either may be listed.
        if dtype == torch.bfloat16 and field.name.startswith("entry"):
            continue
        if one.is_floating_point():
            assert torch.allclose(one, other, rtol=2e-6, atol=4e-6, equal_nan=True), field.name
        else:
            assert torch.equal(one, other), field.name
    again = [reduce_rows(policy, reference, targets, compiles=True, budget=budget) for budget in (1, 1 << 30)]
    threads = torch.get_num_threads()
    torch.set_num_threads(3 - min(2, threads))
    again.append(reduce_rows(policy, reference, targets, compiles=True))
    torch.set_num_threads(threads)
    for rows in again:
        assert_equal(compiled, rows)
    same = reduce_rows(policy, policy.clone(), compiles=True)
    assert bool((same.kl_policy_reference == 0).all())
    assert bool((same.total_variation == 0).all())


def test_where_torch_cannot_compile_the_passes_run_as_they_are() -> None:
    policy, reference = pair(4, 600, torch.float32)
    with mock.patch.object(_reduce, "can_compile", return_value=False):
        assert_equal(reduce_rows(policy, reference, compiles=True), reduce_rows(policy, reference))


def test_equal_logits_have_no_divergence_and_nothing_is_negative() -> None:
    policy, _ = pair(30, 5000, torch.bfloat16)
    rows = reduce_rows(policy, policy.clone())
    assert bool((rows.kl_policy_reference == 0).all())
    assert bool((rows.kl_reference_policy == 0).all())
    assert bool((rows.total_variation == 0).all())
    assert bool((rows.flags == NO_TARGET).all())


def test_entries_are_the_likeliest_of_both_models_each_once() -> None:
    policy, reference = pair(9, 700, torch.float32)
    rows = reduce_rows(policy, reference, k=5)
    p, q = policy.double().log_softmax(-1), reference.double().log_softmax(-1)
    for row in range(9):
        part = slice(int(rows.entry_offsets[row]), int(rows.entry_offsets[row + 1]))
        ids = rows.entry_ids[part].tolist()
        wanted = {*policy[row].topk(5).indices.tolist(), *reference[row].topk(5).indices.tolist()}
        assert len(ids) == len(wanted)
        assert set(ids) == wanted
        assert torch.allclose(rows.entry_logprob_policy[part].double(), p[row][ids], atol=4e-6)
        assert torch.allclose(rows.entry_logprob_reference[part].double(), q[row][ids], atol=4e-6)


def test_k_of_the_whole_vocabulary_and_of_none() -> None:
    policy, reference = pair(3, 70, torch.float32)
    assert reduce_rows(policy, reference, k=100).entry_offsets.tolist() == [0, 70, 140, 210]
    assert reduce_rows(policy, reference, k=0).entry_ids.numel() == 0


@pytest.mark.parametrize("vocabulary", [7, 64, 3000])
def test_rows_do_not_depend_on_chunks_threads_or_order(vocabulary: int) -> None:
    policy, reference = pair(23, vocabulary, torch.bfloat16)
    policy[4, 1] = reference[4, 1] = -inf
    targets = torch.arange(23) % vocabulary
    whole = reduce_rows(policy, reference, targets)
    threads = torch.get_num_threads()
    try:
        for count, budget in ((1, 1), (2, 1), (1, 1 << 18), (2, 1 << 30)):
            torch.set_num_threads(count)
            assert_equal(reduce_rows(policy, reference, targets, budget=budget), whole)
    finally:
        torch.set_num_threads(threads)
    order = torch.randperm(23, generator=generator())
    assert_equal(reduce_rows(policy, reference, targets[order], order, positions=order), whole.selected(order))
    for row in (0, 4, 22):
        one = torch.tensor([row])
        assert_equal(reduce_rows(policy, reference, targets[one], one), whole.selected(one))


def test_masks_follow_the_exact_convention() -> None:
    policy = torch.tensor([[1.0, 2.0, -inf, 0.5], [1.0, -inf, 0.0, 0.0], [1.0, 0.5, 2.0, -inf], [-inf] * 4])
    reference = torch.tensor([[0.0, 2.0, -inf, 1.0], [1.0, 0.3, 0.0, 0.0], [1.0, -inf, 0.0, -inf], [1.0, 2.0, 3.0, 4.0]])
    rows = reduce_rows(policy, reference, torch.tensor([0, 1, 2, 3]), k=4)
    keep = torch.tensor([0, 1, 3])
    assert rows.kl_policy_reference[0] == pytest.approx(float(exact(policy[:1, keep], reference[:1, keep])[0]), rel=1e-6)
    assert rows.flags.tolist() == [MASKED_IN_BOTH, MASKS_DIFFER, MASKS_DIFFER | MASKED_IN_BOTH, NOT_A_NUMBER]
    assert math.isfinite(rows.kl_policy_reference[1])
    assert rows.kl_reference_policy[1] == inf
    assert rows.kl_policy_reference[2] == inf
    assert rows.target_logprob_policy[1] == -inf
    assert math.isnan(rows.kl_policy_reference[3])
    assert (rows.top_policy[3], rows.target_rank_policy[3]) == (-1, 0)
    assert rows.entry_offsets.diff().tolist() == [4, 4, 4, 0]


def test_what_is_not_a_number_is_a_broken_row_and_the_others_stay() -> None:
    policy, reference = pair(4, 100, torch.float32)
    sound = reduce_rows(policy, reference)
    policy[1, 7], reference[2, 9] = nan, inf
    rows = reduce_rows(policy, reference)
    assert rows.kl_policy_reference.isnan().tolist() == [False, True, True, False]
    assert rows.flags.tolist() == [NO_TARGET, NO_TARGET | NOT_A_NUMBER, NO_TARGET | NOT_A_NUMBER, NO_TARGET]
    assert rows.kl_policy_reference[[0, 3]].tolist() == sound.kl_policy_reference[[0, 3]].tolist()


def test_finite_logits_have_a_finite_divergence() -> None:
    largest = torch.finfo(torch.float32).max
    policy = torch.tensor([[largest, -largest, 0.0], [0.0, 200.0, 0.0]])
    reference = torch.tensor([[-largest, largest, 0.0], [0.0, -200.0, 0.0]])
    rows = reduce_rows(policy, reference)
    assert bool(rows.kl_policy_reference.isfinite().all())
    assert rows.kl_policy_reference[0] == largest
    assert rows.flags.tolist() == [NO_TARGET | BEYOND_FLOAT32, NO_TARGET]
    assert rows.kl_policy_reference[1] == pytest.approx(float(exact(policy[1], reference[1])[0]), rel=1e-6)


def test_the_first_of_equal_entries_is_the_likeliest_and_equal_ranks_are_alike() -> None:
    logits = torch.zeros(2, 300)
    logits[1, 297:] = 1
    rows = reduce_rows(logits, logits, torch.tensor([299, 299]))
    assert rows.top_policy.tolist() == [0, 297]
    assert rows.target_rank_policy.tolist() == [1, 1]


def test_no_rows_and_what_does_not_fit() -> None:
    policy, reference = pair(3, 10, torch.float32)
    assert len(reduce_rows(policy, reference, index=[])) == 0
    assert len(Rows.joined([])) == 0
    for arguments, options in (
        ((policy, reference[:, :9]), {}),
        ((policy, reference, torch.tensor([1, 2])), {}),
        ((policy, reference, torch.tensor([1, 2, 10])), {}),
        ((policy, reference), {"index": [3]}),
        ((policy, reference), {"index": [-1]}),
        ((policy, reference), {"k": -1}),
        ((policy, reference), {"positions": [1]}),
        ((policy[:, :0], reference[:, :0]), {}),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            reduce_rows(*arguments, **options)


def test_hidden_states_give_the_rows_of_their_logits() -> None:
    made = generator()
    hidden, other = torch.randn(17, 24, generator=made), torch.randn(17, 24, generator=made)
    head = torch.randn(900, 24, generator=made)
    targets = torch.arange(17)
    rows = reduce_hidden(hidden, head, other, lambda states: torch.tanh(states @ head.T / 5) * 5, targets)
    for found, value in zip(
        (rows.kl_policy_reference, rows.kl_reference_policy),
        exact(hidden.double() @ head.double().T, torch.tanh(other.double() @ head.double().T / 5) * 5),
    ):
        assert bool(((found - value).abs() <= 1e-5 * value.clamp(min=1)).all())
    same = reduce_hidden(hidden, head, hidden.clone(), head.clone(), targets, budget=1)
    assert bool((same.kl_policy_reference == 0).all())
    with pytest.raises(ValueError, match="hidden states"):
        reduce_hidden(hidden, head, other[:3], head)
    with pytest.raises(ValueError, match="900 and 899 logits"):
        reduce_hidden(hidden, head, other, head[:899])


def test_memory_above_the_logits_is_within_the_budget() -> None:
    """Measured: the peak of the process beside 240 MB of logits."""
    text = """
import sys, torch
from kltop.rows import reduce_rows
def resident(name):
    return next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if line.startswith(name))
torch.set_num_threads(1)
logits = torch.randn(400, 151936).to(torch.bfloat16)
other = logits.roll(1, 0)
targets = torch.arange(400)
taken = []
for _ in range(3):
    open("/proc/self/clear_refs", "w").write("5")
    before = resident("VmRSS")
    count = len(reduce_rows(logits, other, targets, budget=64 << 20))
    taken.append(resident("VmHWM") - before)
print(min(taken), count)
"""
    if not os.access("/proc/self/clear_refs", os.W_OK):
        pytest.skip("the peak cannot be measured here")
    environment = {**os.environ, "PYTHONPATH": str(Path(kltop.__file__).parent.parent)}
    result = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, check=True)
    taken, count = map(int, result.stdout.split())
    assert count == 400
    assert taken <= 64 << 20, f"{taken >> 20} MiB"


# Files


def made_rows(count: int = 6) -> Rows:
    policy, reference = pair(count, 500, torch.float32)
    return reduce_rows(policy, reference, torch.arange(count))


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    rows = made_rows()
    samples = [("old", "a"), ("new", "b\nc"), ("new", "empty")]
    path = tmp_path / rows_file_name(120, 3, 8)
    path.parent.mkdir()
    metadata = {"grad_enabled": False, "checkpoint": None, "rank": 3}
    write_rows(path, rows, samples, [0, 2, 6, 6], step=120, k=8, vocabulary=500, metadata=metadata)
    assert os.listdir(path.parent) == ["step-00000120.rank-00003.safetensors"]
    found = read_rows(path)
    assert_equal(found.rows, rows)
    assert (found.step, found.samples, found.sample_offsets.tolist()) == (120, samples, [0, 2, 6, 6])
    assert found.metadata["grad_enabled"] == "false"
    assert "checkpoint" not in found.metadata
    header, _ = read_safetensors(path)
    assert {name: str(value.dtype) for name, value in header.items() if name.startswith("kl_")} == {
        "kl_policy_reference": "torch.float32",
        "kl_reference_policy": "torch.float32",
    }


def test_a_file_without_rows_or_samples(tmp_path: Path) -> None:
    write_rows(tmp_path / "a", Rows.joined([]), [], [0], step=0, k=8, vocabulary=5)
    found = read_rows(tmp_path / "a")
    assert (len(found.rows), found.samples) == (0, [])


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    for samples, offsets in (([("a", "b")], [0, 5]), ([], [0, 6]), ([("a", "b"), ("a", "c")], [0, 7, 6])):
        with pytest.raises(ValueError, match="sample offsets"):
            write_rows(tmp_path / "a", made_rows(), samples, offsets, step=0, k=8, vocabulary=500)
    assert not list(tmp_path.iterdir())
    (tmp_path / "b").write_bytes(b"\xff" * 40)
    with pytest.raises(ValueError, match="no safetensors file"):
        read_rows(tmp_path / "b")


def test_a_file_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with mock.patch("os.fsync", side_effect=OSError(28, "full")), pytest.raises(OSError, match="full"):
        write_rows(tmp_path / "a", made_rows(), [("a", "b")], [0, 6], step=0, k=8, vocabulary=500)
    assert not list(tmp_path.iterdir())


def test_half_precision_stays_finite_where_the_model_was() -> None:
    policy = torch.tensor([[0.0, -70000.0, -inf, 1.0]])
    rows = fitted(reduce_rows(policy, policy, k=4), 4, dtype=torch.float16)
    values = dict(zip(rows.entry_ids.tolist(), rows.entry_logprob_policy.tolist()))
    assert rows.entry_logprob_policy.dtype == torch.float16
    assert (values[1], values[2]) == (-65504.0, -inf)


def test_a_budget_lowers_k_and_then_keeps_the_greatest_divergences(tmp_path: Path) -> None:
    rows = made_rows(40)
    samples, offsets = [("a", "b")], [0, 40]
    for max_bytes in (100_000, 6_000, 4_500, 3_500):
        kept = fitted(rows, 8, max_bytes=max_bytes)
        path = tmp_path / str(max_bytes)
        write_rows(path, kept, samples, offsets, step=0, k=8, vocabulary=500)
        assert path.stat().st_size <= max_bytes + 3000, "the header is counted apart"
        assert torch.equal(kept.kl_policy_reference, rows.kl_policy_reference)
    counts = fitted(rows, 8, max_bytes=3_100).entry_offsets.diff()
    with_entries = rows.kl_policy_reference[counts > 0]
    assert 0 < with_entries.numel() < 40
    assert float(with_entries.min()) >= float(rows.kl_policy_reference[counts == 0].max())


def test_tokens_are_kept_as_bytes(tmp_path: Path) -> None:
    write_vocabulary(tmp_path / "v", [b"the", b"", b"\xe2\x82", b"\x00"])
    tensors, _ = read_safetensors(tmp_path / "v")
    assert tensors["offsets"].tolist() == [0, 3, 3, 5, 6]
    assert bytes(tensors["text"].tolist()) == b"the\xe2\x82\x00"


def test_safetensors_own_reader_agrees(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    rows = made_rows()
    write_rows(tmp_path / "a", rows, [("a", "b")], [0, 6], step=0, k=8, vocabulary=500)
    found: dict[str, Any] = safetensors.load_file(tmp_path / "a")
    for field in fields(Rows):
        assert torch.equal(found[field.name], getattr(rows, field.name))


def test_the_fixture_is_made(tmp_path: Path) -> None:
    make_rows_fixture.main(tmp_path)
    found = read_rows(tmp_path / "rows/step-00000020.safetensors")
    flags = found.rows.flags.tolist()
    assert flags[1] & MASKS_DIFFER
    assert flags[2] & MASKED_IN_BOTH
    assert flags[3] & NOT_A_NUMBER
    assert flags[4] & NO_TARGET
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines[1]["rows_file"] == "rows/step-00000000.safetensors"


# The package


def test_importing_the_package_imports_no_torch() -> None:
    text = "import sys, kltop; kltop.RunLogger; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(kltop.__file__).parent.parent)}
    subprocess.run([sys.executable, "-c", text], env=environment, check=True)


def test_the_wheel_holds_the_text_of_the_one_file_to_copy(tmp_path: Path) -> None:
    import zipfile

    pytest.importorskip("hatchling")
    project = Path(kltop.__file__).parent.parent
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("kltop/_log.py")
        assert "kltop/py.typed" in archive.namelist()
        assert not [name for name in archive.namelist() if "test" in name]
    assert text == (project / "../../sample-runs/kltop_log.py").read_bytes()
    assert (project / "kltop/_log.py").is_symlink()
