"""Session: one audit under way, with what all its stages share and the time that is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias

from symconv.auditing.case import Case
from symconv.auditing.question import Answer, Caller, dense
from symconv.auditing.space import Space

Progress: TypeAlias = Callable[[str, int, int], None]  # (stage, done, of how many)


@dataclass
class Session:
    """What the stages of an audit share.

    Attributes:
        caller: the audited function.
        operation: what it is audited as.
        space: the cases that may be asked about.
        seed: of the dense integers.
        seconds: how long to ask; `extend` gives more.
        progress: told what is going on.
    """

    caller: Caller
    operation: str
    space: Space
    seed: int
    seconds: float
    progress: Progress
    started: float = field(default_factory=perf_counter)

    @property
    def spent(self) -> float:
        """The seconds since the start."""
        return perf_counter() - self.started

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.spent > self.seconds

    def extend(self, seconds: float) -> None:
        """Allow this many seconds from now, if that is more than what is left."""
        self.seconds = max(self.seconds, self.spent + seconds)

    def ask(self, case: Case) -> Answer:
        """Return the function's answer for dense integers."""
        return self.caller(dense(self.operation, case, seed=self.seed))

    def allows(self, case: Case) -> bool:
        """Return whether a case may be asked about: time is left, and it lies in the space."""
        return not self.over and case.allows(self.operation) and self.space.admits(case)
