"""What the program says of rows, against float64 on the raw logits of the same passes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

import exact
import pytest
import small
import torch

from kltop.hf import KltopCallback
from kltop.rows import RowsFile, read_rows, write_safetensors

REPOSITORY = Path(__file__).parents[3]
SMALL_LM = REPOSITORY / "sample-runs/small-lm"
KEPT = Path(__file__).with_name("small-lm-exact.json")


def built_program() -> Optional[Path]:
    """The program in KLTOP, else the newest build of this checkout."""
    if "KLTOP" in os.environ:
        return Path(os.environ["KLTOP"])
    found = [path for kind in ("debug", "release") if (path := REPOSITORY / f".build/{kind}/kltop").exists()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


PROGRAM = built_program()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="the program is not built: swift build")


def said(*arguments: Any, statuses: tuple[int, ...] = (0,)) -> str:
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    command = [str(PROGRAM), *map(str, arguments)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode in statuses, result.stderr
    return result.stdout


def json_of(*arguments: Any, statuses: tuple[int, ...] = (0,)) -> Any:
    return json.loads(said(*arguments, "--format", "json", statuses=statuses))


def assert_close(found: float, value: float, what: str) -> None:
    assert abs(found - value) <= 2e-6 * max(1.0, abs(value)), f"{what}: {found}, float64 says {value}"


def assert_statistics(found: Mapping[str, Any], values: Mapping[str, Any], what: str) -> None:
    for name, value in values.items():
        assert_close(found[name], value, f"{what}, {name}")


def assert_summary(run: Path, evaluations: list[dict[str, Any]]) -> None:
    """Divergence, entropies and top 1 of every set at every evaluation, and what its tokens cost."""
    (summary,) = json_of("summary", run)["runs"]
    found = {(each["step"], each["set"]): each for each in summary["divergence"]}
    wanted = {(each["step"], group): values for each in evaluations for group, values in each["sets"].items()}
    assert found.keys() == wanted.keys()
    series = {
        (line["key"], line["step"]): line["value"]
        for line in map(json.loads, said("export", run, "--format", "jsonl").splitlines())
    }
    for (step, group), values in wanted.items():
        each, what = found[step, group], f"step {step}, set {group}"
        assert each["estimators"] is None, "the targets are the data's, not drawn from the policy"
        for direction in exact.DIVERGENCES:
            assert_statistics(each[direction], values[direction], f"{what}, {direction}")
        assert_close(each["entropy"]["policy"], values["entropy_policy"], f"{what}, entropy of the policy")
        assert_close(each["entropy"]["reference"], values["entropy_reference"], f"{what}, entropy of the reference")
        assert_close(each["same_top_1"], values["same_top_1"], f"{what}, same top 1")
        for name in ("nll", "token_accuracy"):
            assert_close(series[f"eval/{group}/{name}", step], values[name], f"{what}, {name}")


@pytest.fixture(scope="module")
def kept() -> Any:
    return json.loads(KEPT.read_text())


def test_a_run_of_one_line_is_summed_up_as_float64_does(tmp_path: Path) -> None:
    """From the callback in a real training to the program's JSON."""
    listener = exact.Listener()
    with listener.listening():
        callback = KltopCallback(probes=small.PROBES, every=1, retention=["old"], new=["new"])
        result = small.trained(small.sft, tmp_path / "run", callback, learning_rate=5e-2)
    assert result.told == []
    assert [each["step"] for each in listener.evaluations] == [0, 1, 2, 3, 4]
    assert_summary(tmp_path / "run", listener.evaluations)
    policy, reference = (torch.cat(parts) for parts in zip(*listener.logits))
    raw = tmp_path / "raw-4.safetensors"
    write_safetensors(raw, {"policy_logits": policy, "reference_logits": reference}, {"step": "4"})
    (of_logits,), (of_rows,) = (
        json_of("kl", path)["steps"] for path in (raw, tmp_path / "run/rows/step-00000004.safetensors")
    )
    for direction in exact.DIVERGENCES:
        shared = {name: value for name, value in of_logits[direction].items() if isinstance(value, float)}
        shared.pop("standard_error_by_sample", None)
        assert {"mean", "p99", "max", "standard_error"} <= shared.keys()
        assert_statistics(of_rows[direction], shared, direction)
    assert_close(of_rows["total_variation"]["mean"], of_logits["total_variation"]["mean"], "total variation")


def test_small_lm_is_summed_up_as_float64_does(kept: Any) -> None:
    assert [each["step"] for each in kept["evaluations"]] == list(range(0, 161, 10))
    assert_summary(SMALL_LM, kept["evaluations"])
    start = kept["evaluations"][0]["sets"]["old"]
    assert start["policy_reference"]["max"] == 0
    last = kept["evaluations"][-1]["sets"]["old"]
    assert last["policy_reference"]["mean"] > 1
    assert (start["token_accuracy"], last["reference_token_accuracy"]) == (last["reference_token_accuracy"],) * 2
    findings = json_of("summary", SMALL_LM)["runs"][0]["findings"]
    assert "forgetting" in [finding["code"] for finding in findings]


def test_total_variation_of_small_lm(kept: Any) -> None:
    for each in kept["evaluations"]:
        (step,) = json_of("kl", SMALL_LM / f"rows/step-{each['step']:08d}.safetensors")["steps"]
        counts = {group: values["policy_reference"]["rows"] for group, values in each["sets"].items()}
        weighted = sum(values["total_variation"] * counts[group] for group, values in each["sets"].items())
        assert_close(step["total_variation"]["mean"], weighted / sum(counts.values()), f"step {each['step']}")


@pytest.mark.skipif(os.environ.get("KLTOP_FULL") != "1", reason="it reads the screen's text: with KLTOP_FULL=1")
def test_bars_of_a_token_of_small_lm(kept: Any) -> None:
    """Probability, rank and contribution of the listed entries, and one row for the others."""
    shown = kept["entries"]
    frame = said("inspect", SMALL_LM, "--once", "--size", "160x50", "--step", 160, "--sample", shown["sample"])
    token = re.search(r"token (\d+) of 48", frame)
    assert token is not None
    assert int(token.group(1)) == shown["token"], "the token of greatest divergence"
    number, rank = r"([−+]?\d+\.\d+)", r"((?:> )?\d+)"
    lines = re.findall(rf"^│[ ◆] ?\S+ .*?{number} .*?{number} +{number} +{rank} → {rank} +{number} +│", frame, re.MULTILINE)
    assert len(lines) == len(shown["ids"])
    kinds = ("reference", "policy", "contribution")
    entries = sorted(zip(*(shown[kind] for kind in kinds)), key=lambda each: -abs(each[2]))
    for line, (q, p, contribution) in zip(lines, entries):
        base, tuned, change, told = (float(line[place].replace("−", "-")) for place in (0, 1, 2, 5))
        assert base == pytest.approx(q, abs=0.0051)
        assert tuned == pytest.approx(p, abs=0.0051)
        assert change == pytest.approx(p - q, abs=0.0051)
        # This run keeps its entries in half precision.
        assert abs(told) == pytest.approx(abs(contribution), abs=0.0006 + 4e-3 * abs(contribution))
        for kind, value, place in (("reference", q, 3), ("policy", p, 4)):
            among = sorted(shown[kind], reverse=True).index(value) + 1
            # Beyond the eight that are kept of each model only the target's rank is known.
            assert line[place] == str(among) if among <= 8 else line[place] == "> 8" or int(line[place]) > 8
    others = re.search(rf"(\d+) other +\S+ +{number} +\S+ +{number} +{number} +{number}", frame)
    assert others is not None
    assert int(others.group(1)) == 4096 - len(shown["ids"])
    assert float(others.group(2)) == pytest.approx(shown["other_reference"], abs=0.01)
    assert float(others.group(3)) == pytest.approx(shown["other_policy"], abs=0.01)
    assert float(others.group(5).replace("−", "-")) == pytest.approx(shown["other_contribution"], abs=0.01)


def set_rows(file: RowsFile, group: str) -> Any:
    numbers = [number for number, (name, _) in enumerate(file.samples) if name == group]
    bounds = file.sample_offsets.tolist()
    return file.rows.selected(torch.cat([torch.arange(bounds[number], bounds[number + 1]) for number in numbers]))


LOGGED = {
    "policy_reference/batchmean": lambda rows: rows.kl_policy_reference.double().mean(),
    "reference_policy/batchmean": lambda rows: rows.kl_reference_policy.double().mean(),
    "symmetric": lambda rows: (rows.kl_policy_reference.double() + rows.kl_reference_policy.double()).mean() / 2,
    "negative": lambda rows: -rows.kl_policy_reference.double().mean(),
    "cross-entropy": lambda rows: (rows.kl_policy_reference.double() + rows.entropy_policy.double()).mean(),
    "policy_reference/sum": lambda rows: rows.kl_policy_reference.double().sum(),
    "policy_reference/mean": lambda rows: rows.kl_policy_reference.double().mean() / 4096,
    "policy_reference/bits": lambda rows: rows.kl_policy_reference.double().mean() / torch.log(torch.tensor(2.0).double()),
    "policy_reference/per_sequence": lambda rows: rows.kl_policy_reference.double().sum() / 10,
    "maximum": lambda rows: rows.kl_policy_reference.double().max(),
    "k1-of-labels": lambda rows: (rows.target_logprob_policy.double() - rows.target_logprob_reference.double()).mean(),
}


@pytest.mark.parametrize("explained_by", LOGGED)
def test_a_kl_logged_beside_small_lm_is_named(explained_by: str, tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    first = (SMALL_LM / "metrics.jsonl").read_text(encoding="utf-8").partition("\n")[0]
    lines = [json.loads(first)]
    for step in range(40, 161, 40):
        path = tmp_path / f"rows/step-{step:08d}.safetensors"
        shutil.copy(SMALL_LM / "rows" / path.name, path)
        value = float(LOGGED[explained_by](set_rows(read_rows(path), "old")))
        lines.append({"step": step, "phase": "eval", "mode": "eval", "set": "old", "kl": value})
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (audit,) = json_of("audit", tmp_path, statuses=(0, 1))["audits"]
    assert (audit["logged"], audit["explained_by"], audit["certain"]) == ("eval/old/kl", explained_by, True)
