"""Everything that runs found: the cells of the engine, what generation took, what calls cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.calls import CallCost
from benchmarks.calls import as_dicts as calls_as_dicts
from benchmarks.generation import Generation, as_dicts
from symconv.bench.record import Run, run_as_dict, run_from, write_json
from symconv.errors import OptionError


@dataclass(frozen=True)
class Results:
    """What a run found.

    Attributes:
        run: machine, limits and cells.
        generations: what each engine took for each image; may be empty.
        calls: what each call costs; may be empty.
    """

    run: Run
    generations: tuple[Generation, ...] = ()
    calls: tuple[CallCost, ...] = ()


def as_json(results: Results) -> str:
    """Return the results as JSON text."""
    data = run_as_dict(results.run)
    generation, calls = as_dicts(results.generations), calls_as_dicts(results.calls)
    return write_json({**data, "generation": generation, "calls": calls})


def read_results(path: Path) -> Results:
    """Return the results that a file holds.

    Raises:
        OptionError: the file cannot be read, or is of another form.
    """
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return Results(
            run=run_from(data),
            generations=tuple(Generation(**each) for each in data["generation"]),
            calls=tuple(CallCost(**each) for each in data["calls"]),
        )
    except OSError as err:
        raise OptionError(f"cannot read {path}: {err.strerror or err}") from err
    except (ValueError, KeyError, TypeError) as err:
        raise OptionError(f"{path} must be a file that --json wrote: {err}") from err


def joined(parts: Sequence[Results]) -> Results:
    """Return the results of several runs as one: what was measured together stays in one cell.

    Raises:
        OptionError: the runs are of different machines or versions, or measured a cell twice.
    """
    first, *others = parts
    for other in others:
        if other.run.machine != first.run.machine:
            raise OptionError("runs that are joined must be of one machine, with the same versions")
    cells = [cell for part in parts for cell in part.run.cells]
    if len({(cell.problem, cell.threads) for cell in cells}) < len(cells):
        raise OptionError("runs that are joined must be of different cells, got one twice")
    return Results(
        run=replace(
            first.run,
            command="`, `".join(dict.fromkeys(part.run.command for part in parts)),
            missing=tuple(dict.fromkeys(name for part in parts for name in part.run.missing)),
            cells=tuple(cells),
            seconds=sum(part.run.seconds for part in parts),
            complete=all(part.run.complete for part in parts),
        ),
        generations=tuple(each for part in parts for each in part.generations),
        calls=tuple(each for part in parts for each in part.calls),
    )
