"""`python -m tests.bench [--only NAME] [--json]`: ours beside the yardsticks, in one run."""

import argparse
import dataclasses
import json
import sys

from tests.bench.rows import ROWS
from tests.bench.timing import Result, Skipped


def main() -> int:
    """Measure and print; 1 where a bar is not kept."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=sorted(ROWS), help="measure this row alone")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    results: list[Result | Skipped] = []
    for name, row in ROWS.items():
        if options.only in {None, name}:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            results.append(row())
    if options.json:
        print(json.dumps([dataclasses.asdict(result) for result in results], indent=2))
    else:
        for result in results:
            print(_line(result))
    return 0 if all(isinstance(result, Skipped) or result.kept for result in results) else 1


def _line(result: Result | Skipped) -> str:
    if isinstance(result, Skipped):
        return f"{result.name:16} not measured: {result.reason}"
    verdict = "kept" if result.kept else "MISSED"
    return (
        f"{result.name:16} {result.what:40} {result.ours:7.3f} s   {result.yardstick:24} {result.theirs:7.3f} s   "
        f"ratio {result.ratio:6.2f}   bar {result.bar:5.2f}   {verdict}"
    )


sys.exit(main())
