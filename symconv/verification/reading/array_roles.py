"""Which array is which: every assignment that an equation's form allows, with what it costs.

The form says most: what is derived with respect to what, what is a product of two, what stands on
the left. Names decide only between assignments that the form allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, Final

from symconv.formula.tree import (
    Branch,
    Call,
    Cases,
    Entry,
    Equation,
    Letter,
    Negated,
    Partial,
    Product,
    Quotient,
    SumOver,
    SumWhere,
    Total,
    holds_entry,
    walk,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import rebuild

UNKNOWN: Final = 1.0  # the cost of a role for a name that suggests none
AGAINST: Final = 2.0  # ... for a name that suggests another one
UNUSUAL: Final = 4.0  # ... for one that plainly has another, by its form or its notation
CONTRADICTED: Final = 8.0  # ... against what the prose says of the name, as far as it is understood
EXCLUDED: Final = 1e6  # ... against what somebody told in an option or in the head of an article


def _names(likely: str, possible: str) -> Mapping[str, float]:
    """Return name -> cost, from names side by side."""
    return dict.fromkeys(possible.split(), 0.5) | dict.fromkeys(likely.split(), 0.0)


PRIORS: Final[Mapping[str, Mapping[str, float]]] = {
    "x": _names(
        "x X I a A in input data image img In Input src",
        "z Z V u o f F l S h H g s v P signal d",
    ),
    "w": _names(
        "w W K F k f omega theta kernel filter weight weights Kernel Filter",
        "h g H G V phi psi v a U c",
    ),
    "y": _names(
        "y Y O o out output Out Output z Z res result conv dst",
        "S s h H C c G g a A x u l feature f v r R D I b",
    ),
    "dy": _names(
        "delta dy dY dO dOut dout dZ dz g G epsilon eps grad_output",
        "d D e E upstream Delta err error dH dS dC diff_dst diffdst",
    ),
    "b": _names("b beta bias B w_b W_b", "c theta"),
    "e": _names("L E J C e ell loss Loss cost", "l f R error S"),
}
DELTAS: Final = frozenset(("delta", "Delta", "epsilon", "eps", "err", "error", "grad_output"))
ROLE_OF: Final[Mapping[str, str]] = {
    "input": "x",
    "padded input": "x",
    "kernel": "w",
    "output": "y",
    "bias": "b",
    "loss": "e",
    "grad_output": "dy",
    "grad_input": "dx",
    "grad_weight": "dw",
    "grad_bias": "db",
}
_AGAINST_WHAT_WAS_SAID: Final = {
    "preset": UNUSUAL,
    "prose": CONTRADICTED,
    "article": EXCLUDED,
    "option": EXCLUDED,
}
_GRADIENT: Final = re.compile(
    r"(?:diff_?|d[_ ]?|grad_?|nabla[ _]|D_|delta_|Delta_|g_)(?P<base>[^_^ ].*)|(?P<barred>.+)_bar"
)
_LABELS: Final = re.compile(r"[_^(\[].*|'+$")


@dataclass(frozen=True)
class Typed:
    """An equation with its arrays named x, w, y, dy, b, and derivatives of e.

    Attributes:
        claim: the equation.
        names: the author's name -> our array, "dx" for a name of a gradient.
        cost: how implausible the assignment is.
        passed: the factors of an activation that were left out, in the author's names.
    """

    claim: Equation
    names: Mapping[str, str]
    cost: float
    passed: tuple[str, ...] = ()


def base_of(name: str) -> str:
    """Return a name without its labels, layers and primes."""
    return _LABELS.sub("", name) or name


def typed(claim: Equation, told: Told) -> list[Typed]:
    """Return the assignments of roles to the arrays of an equation, the likeliest first."""
    stripped, passed = _without_activation(claim)
    found = []
    for names, cost in _assignments(stripped, told):
        renamed = _renamed(stripped, names)
        if renamed is not None and cost < EXCLUDED:
            found.append(Typed(renamed, names, cost, passed))
    found.sort(key=lambda candidate: candidate.cost)
    return found


def prior(name: str, role: str, told: Told) -> float:
    """Return what it costs to give a name a role."""
    said = _told(name, told)
    if said is not None:
        return 0.0 if said == role else _against_what_was_said(name, (said, role), told)
    if name.startswith("("):
        return 0.0 if role in ("y", "dx", "dw") else UNKNOWN
    base = base_of(name)
    costs = PRIORS.get(role, {})
    if name in costs or base in costs:
        return min(costs.get(name, AGAINST), costs.get(base, AGAINST))
    inner = gradient_of(name)
    if role in ("dx", "dw", "db", "dy"):
        return prior(inner, role[1:], told) if inner else UNKNOWN
    if inner and any(inner in PRIORS[own] for own in ("x", "w", "y", "b")):
        return UNUSUAL  # dW and dy are derivatives, whatever else they may be
    known = any(base in others for others in PRIORS.values())
    return AGAINST if known else UNKNOWN


def _told(name: str, told: Told) -> str | None:
    """Return which array a name was said to be."""
    for key in dict.fromkeys((name, base_of(name))):
        if key in told.names and told.names[key] != "index":
            said = ROLE_OF.get(told.names[key], "size")
            if said != "size" or told.sources.get(key) != "preset":
                return said
    return None


def _against_what_was_said(name: str, change: tuple[str, str], told: Told) -> float:
    """Return the cost of another role than the one that was said.

    Of y' only y may have been spoken of; and the output of one layer is the input of the next.
    """
    cost = _AGAINST_WHAT_WAS_SAID[told.sources.get(name, told.sources.get(base_of(name), "option"))]
    if name in told.names and change != ("y", "x"):
        return cost
    return min(cost, CONTRADICTED)


def gradient_of(name: str) -> str:
    """Return the array whose gradient a name says it is, W for dW and W_bar; else ""."""
    found = _GRADIENT.fullmatch(name)
    return (found["base"] or found["barred"]) if found else ""


# Factors of an activation


def _without_activation(claim: Equation) -> tuple[Equation, tuple[str, ...]]:
    """Return an equation without factors like f'(z): they pass through a gradient unchanged."""
    passed: list[str] = []

    def stripped(node: Any) -> Any:
        if isinstance(node, Product):
            kept = [factor for factor in node.factors if not _is_activation(factor)]
            passed.extend(factor.function for factor in node.factors if isinstance(factor, Call))
            kept = [stripped(factor) for factor in kept]
            return kept[0] if len(kept) == 1 else replace(node, factors=tuple(kept))
        if isinstance(node, Negated | SumOver | SumWhere):
            return rebuild(node, stripped)
        return node

    if not isinstance(claim.left, Partial | Entry):
        return claim, ()
    rights = tuple(stripped(right) for right in claim.rights)
    return replace(claim, rights=rights), tuple(dict.fromkeys(passed))


def _is_activation(node: Any) -> bool:
    return isinstance(node, Call) and base_of(node.function).rstrip("'") != node.function


# Assignments


def _assignments(claim: Equation, told: Told) -> Iterator[tuple[dict[str, str], float]]:
    """Yield (name -> role, cost) for every form that the equation may have."""
    match claim.left:
        case Partial(of=of, by=by) if isinstance(of, Letter | Call):
            yield from _gradients(claim, _name(by), _name(of), told)
        case Partial(of=Entry(array=output), by=by):
            yield from _locals(claim, output, _name(by), told)
        case Entry(array=name) | Letter(name=name):
            yield from _named_gradients(claim, name, told)
            yield from _forwards(claim, name, told)


def _name(node: Any) -> str:
    match node:
        case Entry(array=name) | Letter(name=name) | Call(function=name):
            return name
    return ""


def _forwards(claim: Equation, output: str, told: Told) -> Iterator[tuple[dict[str, str], float]]:
    arrays, biases = _arrays(claim, without=(output,))
    if output in arrays or len(arrays) != 2 or len(biases) > 1:
        return
    for one, other in permutations(arrays):
        roles = {output: "y", one: "x", other: "w"} | dict.fromkeys(biases, "b")
        yield roles, _cost(roles, told)


def _named_gradients(
    claim: Equation, name: str, told: Told
) -> Iterator[tuple[dict[str, str], float]]:
    """Yield the assignments in which the left side is a gradient by its name, dW or delta."""
    inner = gradient_of(name)
    arrays, biases = _arrays(claim, without=(name,))
    if biases:
        return
    said = _told(name, told)
    is_delta = base_of(name) in DELTAS or inner
    for role in ("x", "w", "b"):
        if said not in (None, f"d{role}", "dy") or not (is_delta or said):
            continue
        own = prior(inner, role, told) if inner and said is None else 0.0
        if said is None and not inner and role != "x":
            own += AGAINST  # delta without a word is the gradient of a layer's input
        for roles, cost in _with_upstream(claim, arrays, role, told):
            if roles.get(inner, role) != role:
                continue  # dx is the gradient of x, whatever else stands there
            yield {**roles, name: f"d{role}"}, cost + own


def _gradients(
    claim: Equation, by: str, loss: str, told: Told
) -> Iterator[tuple[dict[str, str], float]]:
    arrays, biases = _arrays(claim, without=(loss,))
    arrays = [name for name in arrays if name != by]
    if biases:
        return
    for role in ("x", "w", "b"):
        for roles, cost in _with_upstream(claim, arrays, role, told):
            if by in roles and roles[by] != role:
                continue
            found = {**roles, by: role, loss: "e"}
            yield found, cost + prior(by, role, told) + prior(loss, "e", told)


def _with_upstream(
    claim: Equation, arrays: Sequence[str], role: str, told: Told
) -> Iterator[tuple[dict[str, str], float]]:
    """Yield the assignments of the right side of the gradient with respect to an array."""
    outputs = _derived_outputs(claim)
    rest = [name for name in arrays if name not in outputs]
    losses = _losses(claim)
    base = dict.fromkeys(outputs, "y") | dict.fromkeys(losses, "e")
    others = {"x": ["w"], "w": ["x"], "b": []}[role]
    upstream = [] if losses else ["dy"]
    chained = any(_is_local(part) for right in claim.rights for part in walk(right))
    for roles in [[*upstream, *others], *([upstream] if chained and others else [])]:
        if len(roles) != len(rest):
            continue
        for names in permutations(rest):
            found = base | dict(zip(names, roles, strict=True))
            yield found, _cost(found, told)


def _locals(
    claim: Equation, output: str, by: str, told: Told
) -> Iterator[tuple[dict[str, str], float]]:
    arrays, _ = _arrays(claim, without=(output, by))
    for role, other in (("x", "w"), ("w", "x"), ("b", "")):
        wanted = [other] if other and arrays else []
        if len(arrays) != len(wanted):
            continue
        roles = {output: "y", by: role} | dict(zip(arrays, wanted, strict=True))
        yield roles, _cost(roles, told)


def _cost(roles: Mapping[str, str], told: Told) -> float:
    return sum(prior(name, role, told) for name, role in roles.items())


def _is_local(node: Any) -> bool:
    return isinstance(node, Partial) and isinstance(node.of, Entry)


def _derived_outputs(claim: Equation) -> list[str]:
    """Return the arrays Y of derivatives de/dY and dY/dx on the right side."""
    found: list[str] = []
    for right in claim.rights:
        for part in walk(right):
            if isinstance(part, Partial) and isinstance(part.of, Letter | Call):
                found.append(_name(part.by))
            elif _is_local(part):
                found.append(_name(part.of))  # type: ignore[attr-defined]
    return list(dict.fromkeys(found))


def _losses(claim: Equation) -> list[str]:
    found = [
        _name(part.of)
        for right in claim.rights
        for part in walk(right)
        if isinstance(part, Partial) and isinstance(part.of, Letter | Call)
    ]
    return list(dict.fromkeys(found))


def _arrays(claim: Equation, *, without: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arrays that are multiplied on the right side, and those that are added."""
    factors: dict[str, None] = {}
    added: dict[str, None] = {}
    for right in claim.rights:
        for name, alone in _used(right, alone=True):
            if name not in without:
                (added if alone else factors).setdefault(name)
    single = [name for name in added if name not in factors]
    if isinstance(claim.left, Entry | Letter) and len(factors) >= 2:
        return list(factors), single
    return [*factors, *single], []


def _used(node: Any, *, alone: bool) -> Iterator[tuple[str, bool]]:
    """Yield (array, whether it is a term by itself rather than a factor or below a sum)."""
    match node:
        case Entry(array=name):
            yield name, alone
        case Letter(name=name):
            yield name, alone
        case Total(terms=terms):
            for term in terms:
                yield from _used(term, alone=alone or isinstance(term, Letter))
        case Negated(operand=operand):
            yield from _used(operand, alone=alone)
        case Product(factors=factors):
            several = sum(1 for factor in factors if holds_entry(factor)) > 1
            for factor in factors:
                if holds_entry(factor) or several:
                    yield from _used(factor, alone=alone and not several)
        case Quotient(numerator=above):
            yield from _used(above, alone=alone)
        case SumOver(body=body) | SumWhere(body=body):
            yield from _used(body, alone=False)
        case Cases(branches=branches):
            for branch in branches:
                yield from _used(branch.value, alone=alone)
        case Partial(of=of, by=by):
            if isinstance(of, Entry):
                yield _name(of), False
            yield _name(by), False


# The equation in our names


def _renamed(claim: Equation, names: Mapping[str, str]) -> Equation | None:
    def change(node: Any) -> Any:
        match node:
            case Partial(of=Entry(), by=by):
                return Partial(change(node.of), change(by), span=node.span)
            case Partial(by=by):
                inner = change(by)
                if _array(inner) == "y":
                    indices = inner.indices if isinstance(inner, Entry) else ()
                    return Entry("dy", indices, span=node.span)
                return Partial(Letter("e"), inner, span=node.span)
            case Entry(array=name) if names.get(name, "").startswith("d") and names[name] != "dy":
                by = Entry(names[name][1:], node.indices, span=node.span)
                return Partial(Letter("e"), by, span=node.span)
            case Entry(array=name):
                return replace(node, array=names.get(name, name))
            case Letter(name=name) if name in names:
                role = names[name]
                if role in ("dx", "dw", "db"):
                    return Partial(Letter("e"), Entry(role[1:], ()), span=node.span)
                return Entry(role, (), span=node.span)
            case Product() | Total() | Negated() | Quotient() | Cases():
                return rebuild(node, change)
            case SumOver(body=body) | SumWhere(body=body):
                return replace(node, body=change(body))
            case Branch(value=value):
                return replace(node, value=change(value))
        return node

    left = change(claim.left)
    if isinstance(left, Entry) and left.array not in ("y",):
        return None
    return replace(claim, left=left, rights=tuple(map(change, claim.rights)))


def _array(node: Any) -> str:
    return node.array if isinstance(node, Entry) else ""
