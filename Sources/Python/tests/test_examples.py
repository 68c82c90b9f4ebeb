"""The examples of the manual run as they are printed."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import simulate_cluster
import yaml
from test_capture import files, models  # noqa: F401

import kltop
from kltop import capture

PACKAGE = Path(kltop.__file__).parent.parent
MANUAL = PACKAGE.parent / "kltop/kltop.docc/Clusters.md"

pytestmark = pytest.mark.skipif(not MANUAL.exists(), reason="the manual is not beside the package")


def example(language: str, word: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", MANUAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return next(block for block in blocks if word in block)


def run_all(commands: list[tuple[str, dict[str, str]]], folder: Path) -> None:
    """Runs shell commands beside each other in a folder, in which `python` is the one that runs this."""
    environment = {
        **os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PACKAGE),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    processes = [
        subprocess.Popen(["sh", "-c", command], cwd=folder, env={**environment, **more}, stderr=subprocess.PIPE)
        for command, more in commands
    ]
    for process in processes:
        told = process.communicate()[1]
        assert process.returncode == 0, told.decode()


@pytest.fixture
def folder(models: Path, tmp_path: Path) -> Path:  # noqa: F811
    """Models and probes where the examples look for them."""
    for path in models.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.fixture(scope="module")
def expected(models: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:  # noqa: F811
    """What one process makes of the same arguments."""
    out = tmp_path_factory.mktemp("expected")
    given = ["--reference", "base", "--checkpoints", "out/checkpoint-*", "--probes", "probes.jsonl", "--out", str(out)]
    with contextlib.chdir(models):
        assert capture.main(given) == 0
    assert len([name for name in files(out) if name.startswith("rows/step")]) == 5
    return files(out)


def test_the_array_of_slurm(folder: Path, expected: dict[str, bytes]) -> None:
    script = example("sh", "SLURM_ARRAY_TASK_ID")
    assert "#SBATCH --array=0-15" in script
    tasks = [(script, {"SLURM_ARRAY_TASK_ID": str(index), "SLURM_ARRAY_TASK_COUNT": "2"}) for index in range(2)]
    run_all(tasks, folder)
    assert files(folder / "drift") == expected


def test_torchrun(folder: Path, expected: dict[str, bytes]) -> None:
    run_all([(example("sh", "torchrun"), {})], folder)
    assert files(folder / "drift") == expected


def test_the_job_of_kubernetes(folder: Path, expected: dict[str, bytes]) -> None:
    job = yaml.safe_load(example("yaml", "kind: Job"))["spec"]
    shell, option, command = job["template"]["spec"]["containers"][0]["command"]
    assert (shell, option, job["completionMode"]) == ("sh", "-c", "Indexed")
    assert f"$JOB_COMPLETION_INDEX/{job['completions']}" in command
    run_all([(command, {"JOB_COMPLETION_INDEX": str(index)}) for index in range(job["completions"])], folder)
    assert files(folder / "drift") == expected


def test_nothing_is_lost_where_workers_die_at_random(tmp_path: Path) -> None:
    found = simulate_cluster.simulate(tmp_path, units=200, workers=6, seconds=0.05, kills=8)
    assert found.kills > 0
