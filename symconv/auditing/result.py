"""What an audit found: Failure, one cause shown on the smallest case, and Audit, all of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from symconv.auditing.case import Case
from symconv.auditing.kinds import kinds_of
from symconv.auditing.question import Answer, Units
from symconv.auditing.where import where_of
from symconv.sizes import Shape

_ROLES: Final = {"grad_output": "window", "weight": "tap", "input": "cell"}
_RESULT_ROLES: Final = {"forward": "window", "grad_input": "cell", "grad_weight": "tap"}


@dataclass(frozen=True, eq=False)
class Failure:
    """One cause of wrong answers, on the smallest case that shows it.

    Attributes:
        kind: "value", "shape", "exception", "no array" or "changed argument".
        fault: the class of the fault, such as "remainder dropped"; "" if it is of no known class.
        sentence: what a kernel with that fault does.
        answer: the smallest question that shows it, what came back, and the right answer.
        at: the index of a wrong entry of the result, for a wrong value; else None.
        count: how many of the checked cases have this cause.
        found: the case that it was found on, before it was made smaller.
        tags: what all cases with this cause have in common, of the tags that not all cases have.
    """

    kind: str
    fault: str
    sentence: str
    answer: Answer
    at: Shape | None
    count: int
    found: Case
    tags: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """The operation that was asked for."""
        return self.answer.question.operation

    @property
    def case(self) -> Case:
        """The smallest case: its spec, its input shape and its channels."""
        return self.answer.question.case

    @property
    def units(self) -> Units | None:
        """Where the arrays of the question hold their single 1; None if they are dense."""
        return self.answer.question.units

    @property
    def expected(self) -> int | None:
        """The right entry of the result at `at`."""
        return None if self.at is None else int(self.answer.question.expected[self.at])

    @property
    def got(self) -> Any:
        """The entry that came back at `at`, as a Python number; an integer if it is one."""
        if self.at is None or self.answer.got is None:
            return None
        entry = self.answer.got[self.at]
        number = entry.item() if hasattr(entry, "item") else entry
        return int(number) if isinstance(number, float) and number.is_integer() else number

    @property
    def places(self) -> dict[str, Shape]:
        """Which window, tap and cell are concerned: role -> full index, as far as they are known.

        Two of them hold the 1 of a unit vector, the third is the wrong entry of the result. What
        is a window of a convolution is an output of a transposed one.
        """
        if self.at is None or self.units is None:
            return {}
        places = {_ROLES[name]: index for name, index in self.units if name in _ROLES}
        if role := _RESULT_ROLES.get(self.operation):
            places[role] = self.at
        third = "output" if self.case.spec.transposed else "window"
        names = {"tap": "tap", "cell": "cell", "window": third}
        return {names[role]: places[role] for role in names if role in places}

    def snippet(self) -> str:
        """Return Python lines that ask the question again; `fn` is the audited function."""
        question = self.answer.question
        lines = [f"spec = sc.{self.case.spec!r}"]
        for name, array in question.arrays.items():
            if self.units is None:
                lines.append(f"{name} = np.array({array.tolist()})")
                continue
            lines.append(f"{name} = np.zeros({array.shape}, int)")
            lines += [f"{name}[{_spelled(at)}] = 1" for one, at in self.units if one == name]
        arguments = ", ".join(f"{name}={name}" for name in question.arrays)
        if self.operation == "grad_input":
            arguments += f", input_shape={self.case.input_shape}"
        return "\n".join([*lines, f"fn(spec, {arguments})"])

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as plain data, ready for JSON."""
        case, answer = self.case, self.answer
        return {
            "kind": self.kind,
            "fault": self.fault or None,
            "sentence": self.sentence or None,
            "spec": repr(case.spec),
            "kinds": sorted(kinds_of(case.spec)) or ["plain"],
            "input_shape": list(case.input_shape),
            "shapes": {name: list(shape) for name, shape in case.shapes(self.operation).items()},
            "ones": None if self.units is None else {name: list(at) for name, at in self.units},
            **{role: list(index) for role, index in self.places.items()},
            "where": where_of(self) or None,
            "at": None if self.at is None else list(self.at),
            "expected": self.expected,
            "got": self.got if isinstance(self.got, int) else _plain(self.got),
            "expected_shape": list(case.result_shape(self.operation)),
            "got_shape": None if answer.got is None else list(answer.got.shape),
            "message": answer.message or None,
            "cases": self.count,
            "tags": list(self.tags),
        }


@dataclass(frozen=True, eq=False)
class Audit:
    """The outcome of an audit.

    Attributes:
        function: the name of the audited function.
        operation: what it was audited as.
        layout: "plane" or "batched".
        checked: how many cases were asked about, each with dense integers.
        exact: how many of them were decided by zero and all pairs of unit vectors as well.
        failed: how many were answered wrongly.
        failures: their causes, classes of faults first; at most five.
        tags: (tag, checked, failed) for each tag that was met.
        arrays: what the function was given in the end, such as "numpy int64".
        seconds: how long it took.
        complete: whether all cases were reached before the time was up.
    """

    function: str
    operation: str
    layout: str
    checked: int
    exact: int
    failed: int
    failures: tuple[Failure, ...]
    tags: tuple[tuple[str, int, int], ...]
    arrays: str
    seconds: float
    complete: bool

    @property
    def ok(self) -> bool:
        """Whether every answer was right."""
        return not self.failures

    @property
    def reach(self) -> str:
        """How far the outcome reaches, in a sentence."""
        words = f"{self.checked} configurations tested with dense integers"
        if self.exact:
            words += f"; {self.exact} of them decided by all pairs of unit vectors"
        return words if self.complete else f"{words}; stopped when the time was up"

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain data, ready for JSON."""
        return {
            "ok": self.ok,
            "function": self.function,
            "operation": self.operation,
            "layout": self.layout,
            "checked": self.checked,
            "exact": self.exact,
            "failed": self.failed,
            "failures": [failure.to_dict() for failure in self.failures],
            "tags": {tag: {"checked": met, "failed": bad} for tag, met, bad in self.tags},
            "arrays": self.arrays,
            "seconds": round(self.seconds, 3),
            "complete": self.complete,
            "reach": self.reach,
        }

    def to_text(self) -> str:
        """Return the outcome for a terminal, in Unicode, without colours."""
        from symconv.auditing.report import audit_text

        return audit_text(self)

    def _repr_html_(self) -> str:
        from symconv.auditing.page import audit_html

        return audit_html(self)

    def _repr_markdown_(self) -> str:
        from symconv.auditing.page import audit_markdown

        return audit_markdown(self)


def _spelled(at: Shape) -> str:
    return ", ".join(map(str, at)) or "()"


def _plain(number: object) -> float | str | None:
    """Return what JSON can hold: a finite float as it is, anything else as text."""
    if number is None or (isinstance(number, float) and isfinite(number)):
        return number
    return str(number)
