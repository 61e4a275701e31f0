"""What an article says of itself between --- and ---: letters, index base, convolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.errors import OptionError

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Declared:
    """What holds of an article unless an option says otherwise.

    Attributes:
        letters: the author's letter -> what it means.
        index_base: what indices start from, 0 or 1.
        true_convolution: whether the convolution turns the kernel round.
        assume: conditions that are assumed of all claims.
    """

    letters: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 0
    true_convolution: bool = False
    assume: str = ""


def declared(fields: Mapping[str, str]) -> Declared:
    """Return what the fields of a front matter say; other fields do not matter.

    Raises:
        OptionError: a field has no value of its kind.

    Example:
        >>> declared({"title": "Gradients", "letters": "L=e, K=w", "index_base": "1"}).index_base
        1
    """
    base = fields.get("index_base", "0").strip()
    flips = fields.get("true_convolution", "false").strip().lower()
    if base not in ("0", "1"):
        raise OptionError(f"index_base in the front matter must be 0 or 1, got {base[:40]!r}")
    if flips not in _TRUTHS:
        raise OptionError(
            f"true_convolution in the front matter must be true or false, got {flips[:40]!r}"
        )
    letters = letters_from(fields.get("letters", ""), "letters in the front matter")
    return Declared(letters, int(base), _TRUTHS[flips], fields.get("assume", ""))


def letters_from(text: str, where: str) -> dict[str, str]:
    """Return the letters that "L=e, K=w" declares.

    Args:
        text: pairs of a letter and its meaning.
        where: what the text is, for messages.

    Raises:
        OptionError: the text is not of that form.
    """
    given = {}
    for part in filter(None, (entry.strip() for entry in text.split(","))):
        name, sign, meaning = (word.strip() for word in part.partition("="))
        if not (name and sign and meaning):
            raise OptionError(f"{where} must be like L=e, K=w, got {part!r}")
        given[name] = meaning
    return given
