"""Holds `kltop audit` and `kltop summary` against the runs of make_lm_mistakes.py.

    python score_audit.py PATH/OF/kltop DIRECTORY [-v]

named: all that is wrong is named and nothing else; half: one of two mistakes; wrong: something else is named;
unexplained: it says that something is wrong, not what; silent: it says nothing. Of right runs: quiet or alarm.
"""

from __future__ import annotations

import argparse
import collections
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# Findings that say what an audit says.
ALARMS = {
    "logged-kl-convention", "logged-kl-differs", "reference-drifts", "kl-at-step-0", "log-target-forgotten",
    "objective-differs", "negative-kl-sign", "negative-kl", "kl-not-zero-at-start", "different-masks",
    "reference-in-train-mode", "evaluation-in-train-mode", "nonfinite-divergence", "unusable-distribution",
}  # fmt: skip


def output(program: str, *arguments: str) -> dict[str, Any]:
    text = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=120).stdout
    return json.loads(text) if text.strip() else {}


def judge(program: str, folder: Path, truth: dict[str, Any], with_findings: bool) -> tuple[str, str]:
    audit = output(program, "audit", str(folder), "--format", "json")
    summary = output(program, "summary", str(folder), "--format", "json") if with_findings else {}
    summary = summary.get("runs", [summary])[0]
    findings = {finding["code"] for finding in summary.get("findings", [])} & ALARMS
    # The training's own KL is right.
    entries = [entry for entry in audit.get("audits", []) if entry.get("verdict", "") == "wrong"]
    said = [entry["explained_by"] for entry in entries if entry["explained_by"] != "policy_reference/batchmean"]
    also = {name for name in findings if name not in ("logged-kl-convention", "logged-kl-differs")}
    told = " | ".join(said + sorted(findings))
    if not truth["names"]:
        harmless = {name for name in said if name == "none" and "logged-kl-differs" not in findings}
        bad = [name for name in said if name not in harmless]
        return ("alarm" if bad or findings else "quiet"), told
    wanted = set(truth["names"])
    if wanted == {"kl-at-step-0"}:
        return ("named" if "kl-at-step-0" in findings and not said else "silent" if not told else "wrong"), told
    named = {name for name in said if name != "none"} | also & {"reference-drifts"} - {
        "reference-drifts" for name in said if name.startswith("reference-")
    }
    if truth["detected_only"]:
        if named:
            return "wrong", told
        return ("detected" if "none" in said or findings else "silent"), told
    allowed = {"evaluation-in-train-mode"} if "policy-in-train-mode" in wanted else set()
    extra = also - allowed - {"kl-at-step-0", "reference-drifts", "negative-kl"}
    if named == wanted and not extra:
        return "named", told
    if not named:
        return ("unexplained" if "none" in said or findings else "silent"), told
    parts = {part for name in wanted for part in name.split(" + ")}
    is_half = all(set(name.split(" + ")) <= parts for name in named)
    return ("half" if is_half else "wrong"), told


def judged(arguments: argparse.Namespace, name: str, truth: dict[str, Any]) -> tuple[str, str]:
    with_findings = not arguments.audit_alone or not truth["names"] or truth["names"] == ["kl-at-step-0"]
    return judge(arguments.program, arguments.directory / name, truth, with_findings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("directory", type=Path)
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--audit-alone", action="store_true", help="no findings of mistaken runs, which is faster")
    parser.add_argument("--only", default="", help="runs whose name contains this")
    arguments = parser.parse_args()
    truth = json.loads((arguments.directory / "truth.json").read_text(encoding="utf-8"))
    truth = {name: about for name, about in truth.items() if arguments.only in name}
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda name: judged(arguments, name, truth[name]), truth)
        for name, (verdict, told) in zip(truth, found):
            kind = "right" if not truth[name]["names"] else "mistakes"
            counts[kind][verdict] += 1
            if arguments.v or verdict not in ("named", "quiet", "detected"):
                about = truth[name]
                print(
                    f"{verdict:12} {name} ({about['style']}, {about['key']}): {' '.join(about['names'])} -> {told}",
                    flush=True,
                )
    for kind, count in counts.items():
        print(kind, dict(count))


if __name__ == "__main__":
    main()
