"""A wrong claim put right, in its author's letters: repaired with the edits marked, or derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symconv.formula.spelling import spell_latex, spell_text
from symconv.formula.tree import Claim, Condition, Equation, Letter, Not
from symconv.verification.judge import Finding
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.padding_mode import is_padding_claim, padding_definition
from symconv.verification.reading.letters import Letters
from symconv.verification.reading.resolving import Resolved, resolve, resolve_condition
from symconv.verification.repair.derived import derived
from symconv.verification.repair.edit_search import Repair
from symconv.verification.repair.repair import repair
from symconv.verification.report.report import Change
from symconv.verification.truth.algebra import rebuild


@dataclass(frozen=True)
class Fix:
    """What should stand in place of a wrong claim, as LaTeX; what does not apply is empty.

    Attributes:
        repair: the repaired claim, every edited node in a box.
        edits: what was changed.
        derived: the right formula, where no repair was found.
        derived_text: the same in text form.
    """

    repair: str = ""
    edits: tuple[Change, ...] = ()
    derived: str = ""
    derived_text: str = ""


def fixed(
    claim: Claim, place: int, finding: Finding, *, letters: Letters, assumed: Sequence[Condition]
) -> Fix:
    """Return the smallest repair of one question of a claim, or else the right formula.

    Args:
        claim: as its author wrote it.
        place: which of its questions is answered with no.
        finding: that answer.
        letters: what the letters mean.
        assumed: conditions that the user assumes.
    """
    resolved = resolve(claim, letters, also=tuple(assumed))
    given = tuple(resolve_condition(condition, letters) for condition in assumed)
    if is_padding_claim(resolved.claim):  # an edit that mends one part breaks another
        right = padding_definition(
            resolved.claim, finding.model, finding.window, index_base=letters.index_base
        )
        return _shown(right, resolved)
    readers = [Reader(model, letters.index_base, given, window) for model, window in finding.tried]
    found = repair(resolved.claim, place, readers)
    if found is not None:
        return Fix(_boxed(found, resolved), _changes(found, resolved))
    right = derived(
        finding.question,
        finding.model,
        index_base=letters.index_base,
        transposed=finding.window.name == "transposed",
    )
    return _shown(right, resolved)


def _shown(right: Any, resolved: Resolved) -> Fix:
    """Return the right formula in its author's letters; none where there is none."""
    if right is None:
        return Fix()
    shown = resolved.restored(right)
    return Fix(derived=spell_latex(shown), derived_text=spell_text(shown))


def _changes(found: Repair, resolved: Resolved) -> tuple[Change, ...]:
    return tuple(
        Change(spell_latex(resolved.restored(old)), spell_latex(resolved.restored(new)))
        for edit in found.edits
        for old, new in edit.changes
    )


def _boxed(found: Repair, resolved: Resolved) -> str:
    """Return a repair as LaTeX in the author's letters, every edited node in a box."""
    new = [node for edit in found.edits for _, node in edit.changes]
    marks = {id(node): Letter(f"marked{'x' * place}") for place, node in enumerate(new)}
    spelled: str = spell_latex(resolved.restored(_marked(found.claim, marks)))
    for node in new:
        box = rf"\boxed{{{spell_latex(resolved.restored(node))}}}"
        spelled = spelled.replace(rf"\mathrm{{{marks[id(node)].name}}}", box)
    return spelled


def _marked(node: Any, marks: Mapping[int, Letter]) -> Any:
    """Return a claim with some of its nodes, given by identity, replaced by their marks.

    What a branch excludes because an earlier one holds is left out: its author did not write it.
    """
    if isinstance(node, Equation):
        kept = tuple(c for c in node.conditions if not isinstance(c, Not))
        node = replace(node, conditions=kept)
    return marks.get(id(node)) or rebuild(node, lambda part: _marked(part, marks))
