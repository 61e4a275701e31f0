"""Everything one run found: the cells of the engine, and what generation took."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.generation import Generation, as_dicts
from symconv.bench.record import Run, run_as_dict, run_from, write_json
from symconv.errors import OptionError


@dataclass(frozen=True)
class Results:
    """What a run found.

    Attributes:
        run: machine, limits and cells.
        generations: what each engine took for each image; may be empty.
    """

    run: Run
    generations: tuple[Generation, ...] = ()


def as_json(results: Results) -> str:
    """Return the results as JSON text."""
    data = run_as_dict(results.run)
    return write_json({**data, "generation": as_dicts(results.generations)})


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
        )
    except OSError as err:
        raise OptionError(f"cannot read {path}: {err.strerror or err}") from err
    except (ValueError, KeyError, TypeError) as err:
        raise OptionError(f"{path} must be a file that --json wrote: {err}") from err
