"""Runs the notebook of examples/read-in-python and compares what its cells print with what it has stored.

test/python/notebook.py [--write]    stores what they give now, pictures too
"""

from __future__ import annotations

import argparse
import copy
import os
import shlex
import shutil
import sys
import tempfile
from functools import partial
from itertools import groupby
from pathlib import Path

import nbclient
import nbformat

from checks import Checks, expect, expect_equal

REPOSITORY = Path(__file__).resolve().parents[2]
NOTEBOOK = Path("examples", "read-in-python", "read.ipynb")
SECONDS_PER_CELL = 120


def main() -> int:
    options = argparse.ArgumentParser(description="Runs the notebook and compares what its cells print.")
    options.add_argument("--write", action="store_true", help="store the outputs in the notebook")
    given = options.parse_args()
    node = REPOSITORY / "node_modules" / ".bin" / "node"
    os.environ["MANYHANDS"] = shlex.join([str(node), str(REPOSITORY / "cli" / "main.js")])

    checks = Checks()
    stored = nbformat.read(REPOSITORY / NOTEBOOK, nbformat.NO_CONVERT)
    with tempfile.TemporaryDirectory(prefix="manyhands-notebook-") as temporary:
        shutil.copytree(REPOSITORY / "examples" / "kernels", Path(temporary, "kernels"))
        folder = Path(temporary, "read-in-python")
        folder.mkdir()
        made = copy.deepcopy(stored)
        for cell in made.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        where = {"metadata": {"path": str(folder)}}
        client = nbclient.NotebookClient(made, timeout=SECONDS_PER_CELL, record_timing=False, resources=where)
        checks.run("the notebook runs", partial(ran, client))
    if given.write:
        nbformat.write(made, REPOSITORY / NOTEBOOK)
    else:
        for number, (before, now) in enumerate(zip(stored.cells, made.cells, strict=True)):
            if before.cell_type == "code":
                checks.run(f"cell {number} prints what is stored", partial(compare, before, now))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def ran(client: nbclient.NotebookClient) -> None:
    client.execute()


def compare(before: nbformat.NotebookNode, now: nbformat.NotebookNode) -> None:
    expect_equal("its text", text_of(now), text_of(before))
    expect_equal("its kinds of output", kinds_of(now), kinds_of(before))
    expect("stderr" not in kinds_of(now), "expected nothing on stderr")


def text_of(cell: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def kinds_of(cell: nbformat.NotebookNode) -> list[str]:
    kinds = [
        output.name if output.output_type == "stream" else " ".join(sorted(output.data)) for output in cell.outputs
    ]
    # What a cell prints comes in one piece or in several, as time has it.
    return [kind for kind, _ in groupby(kinds)]


if __name__ == "__main__":
    sys.exit(main())
