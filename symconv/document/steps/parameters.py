"""The gradients by the kernel and by the bias."""

from __future__ import annotations

from symconv.algebra.symbols import DY, B, W
from symconv.document.abridge import shown
from symconv.document.blocks import Display, Paragraph, Reach, Step, equation, message
from symconv.document.notation import DB, DW, Partial, sizes_of
from symconv.document.scene import Scene


def by_weight(scene: Scene) -> Step:
    """Return de/dw[r, s], and every entry of it for the image of the document."""
    by_chain = scene.over_outputs(Partial(scene.y, W[scene.tap]))
    entries = shown([equation(DW[tap], scene.tap_terms(tap)) for tap in scene.derivation.taps])
    if scene.spec.transposed:
        meeting = message(
            "A tap takes every input to one output, so each input meets the upstream "
            "gradient of the output that the tap takes it to."
        )
    else:
        meeting = message(
            "Every output depends on every tap, so nothing has to be resolved: each "
            "upstream gradient meets the input that the tap reads."
        )
    return Step(
        name="by-weight",
        title=message("The gradient by the kernel"),
        blocks=(
            Paragraph(meeting),
            Display(
                (equation(scene.dw, by_chain, scene.derivation.grad_weight, label="by-weight"),)
            ),
            Paragraph(
                message("For the input of {image} cells:", image=sizes_of(scene.input_shape))
            ),
            *entries.blocks,
        ),
        reason=message("The chain rule with the derivative of one output by a tap."),
        reach=Reach.PROVED,
        appendix=entries.appendix,
    )


def by_bias(scene: Scene) -> Step:
    """Return de/db, and its sum for the image of the document."""
    by_chain = scene.over_outputs(Partial(scene.y, B))
    entries = shown([equation(DB, [DY[place] for place in scene.results])])
    return Step(
        name="by-bias",
        title=message("The gradient by the bias"),
        blocks=(
            Paragraph(message("The bias is added once to every output.")),
            Display((equation(DB, by_chain, scene.derivation.grad_bias, label="by-bias"),)),
            Paragraph(
                message("For the input of {image} cells:", image=sizes_of(scene.input_shape))
            ),
            *entries.blocks,
        ),
        reason=message("The derivative of one output by the bias is 1."),
        reach=Reach.PROVED,
        appendix=entries.appendix,
    )
