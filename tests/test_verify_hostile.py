r"""Whatever is given to verify: a verdict, or an error with a place, in bounded time and memory.

SYMCONV_FUZZ=100000 .venv/bin/python -m pytest tests/test_verify_hostile.py tries many more.
"""

import os
import resource
import sys
import time
from random import Random

import pytest

from symconv.errors import FormulaError, OptionError
from symconv.verification.verify import verify

INPUTS = int(os.environ.get("SYMCONV_FUZZ", "300"))
SECONDS = 10.0  # of the processor, for one formula
MEMORY = 1 << 30  # bytes that all formulas together may add

FORMULAS = (
    r"y_{ij} = \sum_{r=0}^{p-1}\sum_{s=0}^{q-1} x_{it+r,\,jt+s} w_{rs} + b",
    r"\frac{\partial L}{\partial W_{m,n}} = \sum_i\sum_j \delta_{ij} a_{i+m,j+n}",
    r"\frac{\partial E}{\partial X_u} = \sum_{r} \frac{\partial E}{\partial Y_{u-r}} W_r",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2 \times P - D(K-1) - 1}{S} + 1 \right\rfloor",
    r"\text{out} = (\text{in} - 1) \cdot \text{stride} - 2\,\text{pad} + k",
    r"\delta^{l} = \delta^{l+1} * \mathrm{rot180}(W^{l+1}) \odot f'(z^{l})",
    r"\frac{\partial L}{\partial X} = \text{conv}_{full}(\frac{\partial L}{\partial Y}, flip(W))",
    r"y_{n,k,i,j} = \sum_{c}\sum_{r,s} x_{n,c,i+r,j+s} w_{k,c,r,s} + b_k",
    r"\frac{\partial e}{\partial x_u} = \begin{cases} w_0 \delta_u & u < g \\ 0 & else \end{cases}",
    r"y_{i,j} = \max_{0 \le r < p,\, 0 \le s < q} x_{it+r,jt+s}",
    r"r_l = r_{l-1} + (k_l - 1) \prod_{i=1}^{l-1} s_i",
    r"P_{\text{total}} = \max\left((\lceil n/s \rceil - 1) s + k - n,\; 0\right)",
    r"B^T = \begin{bmatrix} 1 & 0 & -1 & 0 \\ 0 & 1 & 1 & 0 \\ 0 & -1 & 1 & 0 \end{bmatrix}",
    r"1 \le t \le p-1 \text{ or } 1 \le t \le q-1",
    r"D[it:it+p,\,jt:jt+q] +\!= (\partial e/\partial y_{ij}) W_{p\times q}",
    r"x_{col}[r q + s,\, i w + j] = x[i t + r,\, j t + s]",
    r"\langle x * w, y \rangle = \langle x, y \star w \rangle",
    "dx[u,v] = sum(dy[i,j]*w[u-i*t,v-j*t], i, j)",
    "out = floor((in + 2*pad - dil*(k-1) - 1)/stride) + 1",
    "y[i] = x[2*i] * w[0] + x[2*i+1] * w[1]",
    "∂L/∂Wₘₙ = Σᵢ Σⱼ δᵢⱼ aᵢ₊ₘ,ⱼ₊ₙ",
    "H' = ⌊(H + 2p − k)/s⌋ + 1",
)
TOKENS = [
    r"\frac",
    r"\sum",
    r"\partial",
    r"\begin{cases}",
    r"\end{cases}",
    r"\left(",
    r"\right)",
    r"\lfloor",
    r"\rfloor",
    r"\begin{pmatrix}",
    r"\end{pmatrix}",
    r"\substack",
    r"\text{if}",
    r"\text{",
    r"and",
    r"}",
    r"\prod",
    r"\infty",
    r"\pmod",
    r"\bmod",
    r"\operatorname",
    r"\mathrm",
    r"\overline",
    r"\hat",
    r"'",
    r"^",
    r"_",
    r"{",
    r"}",
    r"(",
    r")",
    r"[",
    r"]",
    r"&",
    r"\\",
    r",",
    r";",
    r":",
    r"=",
    r"\le",
    r"<",
    r"\neq",
    r"!=",
    r"//",
    r"**",
    r"*",
    r"+",
    r"-",
    r"/",
    r"%",
    r"$",
    r"$$",
    r"#",
    r"~",
    r"|",
    r"!",
    r"?",
    r"@",
    r"\newcommand",
    r"\def",
    r"\input{x}",
    r"\x",
    r"\\\\",
    r"\%",
    r"\tag{1}",
    r"\label{a}",
    r"\quad",
    r"0",
    r"1",
    r"2",
    r"9999999999",
    r"1e400",
    r"0.5",
    r"x",
    r"y",
    r"w",
    r"sum(",
    r"max(",
    r"floor(",
    r"cases(",
    r"&amp;",
    r"&lt;",
    r"&#8721;",
    r"&#x110000;",
    r"&#xD800;",
    r"。",
    r"为",
    r"où",
    r"½",
    r"²",
    r"⌊",
    r"⌉",
    r"∑",
    r"∂",
    r"⊙",
    r"−",
]
CONTROL = "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x85\u200b\u202e\u2028\ufeff\ud800\udfff\U0010ffff\r\t\n"


def tokens(text):
    """Return a text in pieces: commands, numbers, letters, signs."""
    pieces, place = [], 0
    while place < len(text):
        end = place + 1
        kind = str.isdigit if text[place].isdigit() else str.isalpha
        if text[place] == "\\" or kind(text[place]):
            while end < len(text) and (str.isalpha if text[place] == "\\" else kind)(text[end]):
                end += 1
        pieces.append(text[place:end])
        place = end
    return pieces


def damaged(random):
    """Return one formula after one to six accidents."""
    pieces = tokens(random.choice(FORMULAS))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        pieces = random.choice(ACCIDENTS)(random, pieces) or pieces
    return "".join(pieces)[:20_000]


def _deleted(random, pieces):
    place = random.randrange(len(pieces))
    return pieces[:place] + pieces[place + random.choice((1, 1, 2, 5)) :]


def _doubled(random, pieces):
    place = random.randrange(len(pieces))
    end = place + random.choice((1, 1, 3, 8))
    return pieces[:end] + pieces[place:]


def _swapped(random, pieces):
    one, other = random.randrange(len(pieces)), random.randrange(len(pieces))
    pieces = list(pieces)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return pieces


def _replaced(random, pieces):
    place = random.randrange(len(pieces))
    return [*pieces[:place], random.choice(TOKENS), *pieces[place + 1 :]]


def _inserted(random, pieces):
    place = random.randrange(len(pieces) + 1)
    return [*pieces[:place], random.choice(TOKENS), *pieces[place:]]


def _character(random, pieces):
    text = "".join(pieces)
    place = random.randrange(len(text) + 1)
    other = random.choice((random.choice(CONTROL), chr(random.randrange(32, 0x3000)), ""))
    return tokens(text[:place] + other + text[place + random.randrange(2) :])


def _spliced(random, pieces):
    other = tokens(random.choice(FORMULAS))
    return pieces[: random.randrange(len(pieces) + 1)] + other[random.randrange(len(other)) :]


def _nested(random, pieces):
    depth = random.choice((2, 5, 30, 200))
    place = random.randrange(len(pieces))
    opening, closing = random.choice(
        (("(", ")"), ("{", "}"), (r"\frac{", "}{2}"), ("[", "]"), ("((", "))^{2}"), (r"\hat{", "}"))
    )
    inner = opening * depth + pieces[place] + closing * depth
    return [*pieces[:place], inner, *pieces[place + 1 :]]


def _huge(random, pieces):
    numbers = [place for place, piece in enumerate(pieces) if piece.isdigit()]
    place = random.choice(numbers or range(len(pieces)))
    number = random.choice(("10", "99", "1000", "65536", "9" * 40, "9" * 5000, "2^{99999}", "1/0"))
    return [*pieces[:place], number, *pieces[place + 1 :]]


def _escaped(random, pieces):
    place = random.randrange(len(pieces))
    text = "".join(f"&#{ord(sign)};" for sign in pieces[place])
    return [*pieces[:place], random.choice((text, f"&#{'9' * 60};")), *pieces[place + 1 :]]


def _wrapped(random, pieces):
    before, after = random.choice(
        (
            ("$$", "$$"),
            (r"\[", r"\]"),
            ("text $$\n", "\n$$ text"),
            (r"\begin{align}", r"\\ a &= b \end{align}"),
            ("```\n", "\n```"),
            ("where s is the stride:\n$$", "$$"),
            (r"\begin{cases}", r"& a \\ 0 & \end{cases}"),
        )
    )
    return [before, *pieces, after]


ACCIDENTS = (
    _deleted,
    _deleted,
    _doubled,
    _swapped,
    _swapped,
    _replaced,
    _inserted,
    _character,
    _spliced,
    _nested,
    _huge,
    _escaped,
    _wrapped,
)


def asked(text, **options):
    """Return the verdicts on a text, or none where it is refused; it must take little time."""
    started = time.process_time()
    try:
        verdicts = verify(text, **options).verdicts
    except (FormulaError, OptionError):
        verdicts = ()
    spent = time.process_time() - started
    assert spent < SECONDS, f"{spent:.1f} s for {text[:300]!r}"
    for verdict in verdicts:
        assert "internal fault" not in verdict.reach, (verdict.reach, text[:2000])
        assert "not decided within" not in verdict.reach, text[:2000]
    return verdicts


def statuses(text, **options):
    return [verdict.status for verdict in asked(text, **options)]


def peak():
    """Return the most memory that this process has had, in bytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


@pytest.mark.parametrize("part", range(10))
def test_damaged_formulas_get_a_verdict_in_bounded_time_and_memory(part):
    before = peak()
    for number in range(part, INPUTS, 10):
        random = Random(number)
        asked(damaged(random), repairs=random.random() < 0.3)
    assert peak() - before < MEMORY


ROWS = r"\\ ".join(
    rf"w_{{{row}}} \frac{{\partial e}}{{\partial y_{{u-{row}}}}} & u = {row}" for row in range(200)
)
RETURNED = r"\frac{\partial e}{\partial w_{rs}} = \sum_{i=0}^{223}\sum_{j=0}^{223} "
ALTERNATIVES = [rf"(t \le p \text{{ or }} t > {number})" for number in range(12)]
COUNTS = [rf"\lfloor (m-p)/t \rfloor + {number}" for number in range(12)]
EDGES = {
    "an index that is twice another": r"\frac{\partial y_i}{\partial x_{2i}} = w_0",
    "powers of powers": "g = ((2^{999})^{8})^{8}",
    "a power in a limit": r"y_i = \sum_{r=2^{99999}}^{p-1} x_{i+r} w_r",
    "a power in an index": "dx[u] = sum(dy[i]*w[u-i*2^{99999}], i)",
    "an entity of many digits": "&#" + "9" * 5000 + ";",
    "nested powers of a number": "g = " + "(" * 10 + "2" + ")^{8}" * 10,
    "nested powers of a size": "g = " + "(" * 10 + "m" + ")^{8}" * 10,
    "a large kernel in numbers": r"y_{ij} = \sum_{r=0}^{223}\sum_{s=0}^{223} x_{i+r,j+s} w_{rs}",
    "a large kernel, wrong": r"y_{ij} = \sum_{r=0}^{223}\sum_{s=0}^{223} x_{i+r,j-s} w_{rs}",
    "a large output in numbers": RETURNED + r"\frac{\partial e}{\partial y_{ij}} x_{i+r,j+s}",
    "a large output, wrong": RETURNED + r"\frac{\partial e}{\partial y_{ij}} x_{i-r,j+s}",
    "alternatives joined": r" \text{ and } ".join(ALTERNATIVES),
    "sizes joined": "g = " + r" \text{ and } ".join(COUNTS),
    "two hundred cases": r"\frac{\partial e}{\partial x_u} = "
    rf"\begin{{cases}} {ROWS} \end{{cases}}",
    "nothing by nothing": r"g = \frac{0}{0}",
    "one by nothing": r"\frac{\partial e}{\partial x_{uv}} = \frac{1}{0}",
    "half a decimal": r"\frac0.5{\partial E} = 2",
    "an empty base": r"w_{()^{2}} = x_{{}^{2}}",
    "twenty thousand signs": "y_i = " + "x_i w_0 + " * 2000,
    "too many signs": "y_i = " + "x_i w_0 + " * 20_000,
    "a name in a name": r"\frac{\partial E}{\partial XX_u} = \frac{\partial E}{\partial Y_u} W",
    "an empty bracket above": r"y_i^{(} = \sum_r x_{i+r} w_r^{()}",
}


@pytest.mark.parametrize("text", EDGES.values(), ids=EDGES)
def test_an_edge_is_judged_in_bounded_time_and_memory(text):
    before = peak()
    for verdict in asked(text, repairs=False):
        assert "Fraction" not in verdict.reach
    assert peak() - before < MEMORY


def test_a_formula_of_many_cases_is_not_passed_over():
    assert statuses(EDGES["two hundred cases"]) == ["undecided"]


def test_equal_displays_are_judged_once():
    display = "$$ " + FORMULAS[0] + " $$\n\nSome words between.\n\n"
    assert statuses(display * 5000, repairs=False) == ["proved"] * 5000
