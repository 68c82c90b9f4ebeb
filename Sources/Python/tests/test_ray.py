"""Ray on a real local cluster of two nodes: workers are killed, a node goes, a unit always fails; the bytes stay."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import test_capture
from test_capture import STEPS, arguments, files, models, plain  # noqa: F401

import kltop
from kltop import capture, ray_engine

ray: Any = pytest.importorskip("ray")

pytestmark = pytest.mark.skipif(
    os.environ.get("KLTOP_FULL") != "1", reason="a cluster takes a minute: only with KLTOP_FULL=1"
)


@pytest.fixture(scope="module")
def cluster() -> Any:
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = made.add_node(num_cpus=1)
    paths = [str(Path(kltop.__file__).parent.parent), str(Path(__file__).parent)]
    environment = {"env_vars": {"PYTHONPATH": os.pathsep.join(paths), "KLTOP_TEST_SLOW": "1"}}
    ray.init(address=made.address, runtime_env=environment, log_to_driver=False)
    yield made, second
    ray.shutdown()
    made.shutdown()


def on_ray(models: Path, out: Path, *more: str) -> int:  # noqa: F811
    return capture.main(arguments(models, out, "--engine", "ray", "--concurrency", "1,2", *more))


def test_units_are_handed_out_by_checkpoint() -> None:
    units = [capture.Unit(f"checkpoint-{number}", block) for number in range(10) for block in range(1000)]
    for workers in (1, 2, 64):
        tasks = ray_engine._tasks(units, workers)
        assert [capture.Unit(task["checkpoint"], block) for task in tasks for block in task["blocks"]] == units
        assert min(len(units), 4 * workers) <= len(tasks) <= 10_000
    many = ray_engine._tasks([capture.Unit("checkpoint-1", block) for block in range(1_250_000)], 64)
    assert len(many) <= 10_000


def test_a_cluster_of_its_own(models: Path, plain: Path, tmp_path: Path) -> None:  # noqa: F811
    process = test_capture.started(models, tmp_path, "--engine", "ray", "--concurrency", "2")
    assert process.wait() == 0
    assert files(tmp_path) == files(plain)


def test_two_nodes_give_the_same_bytes(cluster: Any, models: Path, plain: Path, tmp_path: Path) -> None:  # noqa: F811
    assert on_ray(models, tmp_path) == 0
    assert files(tmp_path) == files(plain)


def test_a_driver_that_is_started_again_goes_on(cluster: Any, models: Path, plain: Path, tmp_path: Path) -> None:  # noqa: F811
    assert capture.main(arguments(models, tmp_path, "--shard", "0/3")) == 0
    assert on_ray(models, tmp_path) == 0
    assert files(tmp_path) == files(plain)


def test_killed_workers_and_a_node_that_goes(cluster: Any, models: Path, plain: Path, tmp_path: Path) -> None:  # noqa: F811
    made, second = cluster
    ends = threading.Event()

    def kill() -> None:
        """Kills the first worker that has written a part, then takes its node away."""
        while not ends.is_set() and not list(tmp_path.glob("rows/.parts/*/*.attempts")):
            time.sleep(0.01)
        for process in _workers():
            os.kill(process, 9)
            break
        time.sleep(0.5)
        made.remove_node(second)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert on_ray(models, tmp_path) == 0
    finally:
        ends.set()
        killer.join()
    assert files(tmp_path) == files(plain)


def test_a_unit_that_always_fails_is_listed(cluster: Any, models: Path, tmp_path: Path, capsys: Any) -> None:  # noqa: F811
    broken = tmp_path / "models"
    shutil.copytree(models, broken)
    path = sorted((broken / "out/checkpoint-10").glob("*.safetensors"))[0]
    path.write_bytes(path.read_bytes()[:100])
    assert on_ray(broken, tmp_path / "drift") == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "failed: " in line]
    assert len(told) == 1
    assert "checkpoint-10, 3 of 3 blocks (0, 1, 2)" in told[0]
    assert sorted(file.name for file in (tmp_path / "drift/rows").glob("step-*")) == [
        f"step-{step:08d}.safetensors" for step in STEPS if step != 10
    ]


def _workers() -> list[int]:
    """Processes of Ray that run our workers."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if text.startswith(b"ray::") and b"MapBatches" in text:
                found.append(int(folder.name))
    return found


assert test_capture.__file__
