"""One kernel from its request to its checked files, every step made when asked for, and once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.codegen.kernel import (
    DEFAULT_TARGET,
    FAST,
    TAPS,
    GeneratedFile,
    Kernel,
    KernelRequest,
    Variant,
)
from symconv.codegen.plan.plans import Plans
from symconv.codegen.spelling.only import only
from symconv.render import render
from symconv.sizes import Shape
from symconv.spec import ConvSpec

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)
NOT_CHECKED: Final = ("not checked",)


@dataclass(frozen=True)
class Check:
    """How the files of a kernel are checked.

    Attributes:
        proof: what their headers say of it, line by line.
        input_shapes: the input shapes that are tried.
        run: compares the files with the derivation, and says how it did, in words; a
            VerificationError where they differ.
    """

    proof: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    run: Callable[[], str]


@dataclass(frozen=True)
class Checked:
    """The files of a kernel, and how they were checked.

    Attributes:
        files: what was made.
        input_shapes: the input shapes it was checked on.
        how: what was done on them, in words.
    """

    files: tuple[GeneratedFile, ...]
    input_shapes: tuple[Shape, ...]
    how: str


@dataclass(frozen=True)
class Loading:
    """How a compiled kernel is loaded.

    Attributes:
        threads: among how many a call is shared.
        flags: more flags of the compiler.
        optional: calls that need C which cannot be compiled run in NumPy.
    """

    threads: int = 1
    flags: tuple[str, ...] = ()
    optional: bool = False


class Context(Protocol[P_contra]):
    """Makes what the templates are given: a frozen dataclass."""

    def __call__(
        self, plan: P_contra, /, request: KernelRequest, *, proof: Sequence[str]
    ) -> DataclassInstance:
        """Return it.

        Args:
            plan: what to compute.
            request: what was asked for.
            proof: how far the emitted code is checked, line by line.
        """
        ...


def any_spec(spec: ConvSpec) -> None:
    """Refuse no spec."""


@dataclass(frozen=True)
class Stages(Generic[P]):
    """How one variant is made: a row of the table of targets.

    Attributes:
        plan: which plan it follows.
        context: what the templates are given.
        templates: suffix of a file -> the template that spells it; all are given one context.
        load: the files of a build, ready to call.
        check: how the files of a build are checked.
        refuse: raises an OptionError for a spec that the variant does not have.
    """

    plan: Callable[[Plans], P]
    context: Context[P]
    templates: Mapping[str, str]
    load: Callable[[Build, Sequence[GeneratedFile], Loading], Kernel]
    check: Callable[[Build], Check]
    refuse: Callable[[ConvSpec], None] = any_spec


Table = Mapping[Variant, Stages[Any]]


@dataclass(frozen=True)
class Build:
    """A kernel that is made: request, derivation, plan, files and check.

    Attributes:
        request: what to make.
        plans: the derivation of its spec, and what is planned from it.
        table: how every variant is made.
    """

    request: KernelRequest
    plans: Plans
    table: Table

    @property
    def derivation(self) -> DerivedGradients:
        """The derivation of the request's spec."""
        return self.plans.derivation

    @property
    def stages(self) -> Stages[Any]:
        """How this variant is made."""
        return self.table[self.request.variant]

    @cached_property
    def plan(self) -> Any:
        """What to compute: what `stages.context` is given."""
        return self.stages.plan(self.plans)

    @cached_property
    def check(self) -> Check:
        """How the files are checked; nothing is run yet."""
        return self.stages.check(self)

    @cached_property
    def files(self) -> tuple[GeneratedFile, ...]:
        """The files, whose headers say how `checked` checks them."""
        return self.spelled(self.check.proof)

    @cached_property
    def unchecked(self) -> tuple[GeneratedFile, ...]:
        """The same files, whose headers say that they are not checked."""
        return self.spelled(NOT_CHECKED)

    @cached_property
    def checked(self) -> Checked:
        """The files, compared with the derivation; then with the functions that are asked for.

        Raises:
            VerificationError: the emitted code differs from the derivation.
            SpecError: no input is small enough to check it on.
            ToolError: the compiler fails.
        """
        how = self.check.run()
        files = tuple(only(file, self.request.name, self.request.only) for file in self.files)
        return Checked(files, self.check.input_shapes, how)

    @cached_property
    def kernel(self) -> Kernel:
        """The kernel, ready to call."""
        return self.load()

    @cached_property
    def in_numpy(self) -> Build:
        """The NumPy kernel of the same spec for inputs of any size.

        Other targets are compared with it, and hand it what they cannot take.
        """
        return self.other(
            replace(
                self.request,
                target=DEFAULT_TARGET,
                unroll=TAPS,
                input_shape=None,
                out_channels=None,
                style="" if self.request.tile else FAST,
            )
        )

    def spelled(self, proof: Sequence[str]) -> tuple[GeneratedFile, ...]:
        """Return the files; nothing is checked and no disk is touched.

        Args:
            proof: what the headers say about how far the code is checked, line by line.
        """
        context = self.stages.context(self.plan, self.request, proof=proof)
        return tuple(
            GeneratedFile(f"{self.request.name}.{suffix}", render(template, context))
            for suffix, template in self.stages.templates.items()
        )

    def load(
        self,
        files: Sequence[GeneratedFile] | None = None,
        *,
        threads: int = 1,
        flags: Sequence[str] = (),
        optional: bool = False,
    ) -> Kernel:
        """Return the kernel: imported from memory, or compiled when it is first called.

        Args:
            files: its files; by default the unchecked ones.
            threads: among how many a call of a C kernel is shared.
            flags: more flags of the compiler, for C kernels of any input.
            optional: calls that need C which cannot be compiled run in NumPy.

        Raises:
            ToolError: C is asked for, and there is no compiler, or threads, and it has no OpenMP.
            OptionError: threads are asked for that the target does not have.
        """
        given = self.unchecked if files is None else files
        return self.stages.load(self, given, Loading(threads, tuple(flags), optional))

    def other(self, request: KernelRequest) -> Build:
        """Return another build; of the same spec and tile it has the same plans."""
        same = (request.spec, request.tile) == (self.request.spec, self.request.tile)
        plans = self.plans if same else plans_of(request)
        return Build(request, plans, self.table)


def plans_of(request: KernelRequest, derivation: DerivedGradients | None = None) -> Plans:
    """Return the plans of a request.

    Args:
        request: what to make.
        derivation: of its spec, where it is at hand.
    """
    return Plans(derivation or derive_gradients(request.spec), request.tile or ())
