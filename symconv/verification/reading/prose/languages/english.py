"""The small words of English; its words for roles are the vocabulary itself."""

from __future__ import annotations

from typing import Final

from symconv.verification.reading.prose.languages.language import Language, words

_INDICES: Final = (
    r"(?<!kernel )(?<!channel )(?<!layer )(?<!filter )(?<!batch )"
    r"(?:indices|indexes|indexing|subscripts|index)"
)
_BEGIN: Final = "(?:start|starts|starting|begin|begins|beginning|run|runs|count|counted|counting)"


def _from(number: str) -> tuple[str, ...]:
    """Return the phrases that say that indices begin with a number."""
    return (
        rf"{_INDICES} {_BEGIN} (?:at|from|with) (?:{number})\b",
        rf"{_BEGIN} (?:the |our )?{_INDICES} (?:at|from|with) (?:{number})\b",
        rf"{_INDICES} (?:are |is )?(?:{number})[- ]based\b",
        (
            rf"\b(?:{number})[- ](?:based|indexed)(?: everything| indexing| indices)?"
            r"(?! (?:channel|layer|kernel|filter|batch|dilation))"
        ),
    )


ENGLISH: Final = Language(
    name="English",
    links=words(
        """
        is, denotes, represents, means, stands for, refers to, be, being, as, is called,
        is denoted by, is denoted as, denoted by, denoted as, called, is said to be, indicates,
        corresponds to, is used for, equals, is given by, is written as, is written, written as,
        is named, named
        """
    ),
    plural_links=words(
        """
        are, denote, represent, stand for, refer to, indicate, are called, are respectively,
        are denoted by, mean
        """
    ),
    fillers=words(
        """
        the, a, an, our, its, this, that, same, usual, given, original, respective, common,
        single, square, rectangular, discrete, finite, learned, learnable, trainable,
        two-dimensional, one-dimensional, 2d, 1d, 3d, 2-d, 1-d, 3-d, two, one, dimensional,
        spatial, corresponding, simply, just, respectively, here, scalar, symmetric, both, now,
        again, also, some, integer, real, digital, grayscale, gray, grey, rgb, current,
        convolutional, convolution
        """
    ),
    joins=words("and, or, &, while, whereas"),
    starts=words(
        """
        where, here, let, with, by, for, denote, write, suppose, assume, assuming, given, using,
        set, call, use, take, then
        """
    ),
    relations=words(
        """
        of, used, applied, along, in, for, with, at, on, per, which, that, whose, to, between,
        from, by, to be, we, over, after, before, has, have, is, are, shared, when, where, if,
        so, here, across
        """
    ),
    negations=words(
        """
        not, never, neither, nor, isn't, aren't, cannot, unlike, rather than, instead of, n't,
        doesn't
        """
    ),
    others=words(
        """
        first, second, third, last, hidden, previous, preceding, elsewhere, next, subsequent,
        rotated, flipped, reversed, transposed,
        flattened, reshaped, upsampled, dilated, unrolled, unfolded, vectorized, vectorised,
        mirrored, extended, turned, shifted, normalized, pooled, stacked, transformed
        """
    ),
    lacks=words("no, without, zero, with no, without any"),
    units=words("unit, one"),
    one_based=_from("1|one"),
    zero_based=_from("0|zero"),
    flipped=(
        (
            r"(?:kernel|filter|mask|weights?|kernels|filters) (?:is|are|gets?|being) (?:first "
            r")?(?:flipped|reversed|turned round|mirrored|rotated by 180)"
        ),
        r"\b(?:we|i) (?:first )?flip the (?:kernel|filter|weights)",
        r"(?:use|uses|using|mean|means) (?:a |the )?true convolution",
        r"convolution (?:is meant )?in the mathematical sense",
    ),
    unflipped=(
        (
            r"(?:kernel|filter|mask|weights?|kernels|filters) (?:is|are) (?:not|never) "
            r"(?:flipped|reversed|turned round|mirrored|rotated)"
        ),
        r"(?:without|no) (?:kernel |filter )?(?:flip|flipping|reversing|mirroring)",
        r"(?:do|does) not flip (?:the )?(?:kernel|filter|weights)",
        r"unflipped kernel|(?:kernel|filter) is unflipped",
        (
            r"(?:(?<![\ue000-\uf8ff*⋆∗] )(?:is|means|as)|use|uses|using|is actually|really) "
            r"(?:a |the )?cross[- ]correlation(?! of\b)"
        ),
    ),
)
