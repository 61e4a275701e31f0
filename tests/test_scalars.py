"""Sizes, counts, receptive fields and conditions on windows: what is decided, and under what."""

from __future__ import annotations

from itertools import combinations
from time import perf_counter
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.formula.tree import (
    Ceiling,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Product,
    Quotient,
    Remainder,
    Total,
    walk,
)
from symconv.verification.outcome import Outcome
from symconv.verification.questions.scalars.forms import form, same_value
from symconv.verification.questions.scalars.polynomials import NoFormError
from symconv.verification.questions.scalars.statements import decide
from symconv.verification.questions.scalars.values import value_of
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import costs, taken_apart
from symconv.verification.truth.sizes import LAWS, variants_of

N, K, S, D = map(Letter, "nksd")
ONE, TWO = Integer(1), Integer(2)


def decided(source: str, **told: str) -> list[Outcome | None]:
    form_of = "latex" if "\\" in source or "{" in source else "text"
    statements = [one for one in read(source, form_of) if isinstance(one, Statement)]
    return decide(statements, Told(MappingProxyType(told)))


def status(source: str, **told: str) -> str:
    """Return the worst verdict on a display."""
    found = [one.status if one else "none" for one in decided(source, **told)]
    order = ("refuted", "depends", "right_when", "proved", "no_claim", "none")
    return next(one for one in order if one in found)


RIGHT_SIZES = [
    r"n_{out} = \left\lfloor \frac{n_{in} - f + 2 p}{s} \right\rfloor + 1",
    r"L_o = \lfloor (L_i + p_l + p_r - k)/s \rfloor + 1",
    "out = (in + 2*pad - dil*(k-1) - 1)//stride + 1",
    "OW = (IW + 2*PW - KW)//SW + 1",
    r"H_{out} = \left\lceil \frac{H_{in} + 2P - K + 1}{S} \right\rceil",
    r"o = 1 + \left\lfloor \frac{i - k + p_{top} + p_{bottom}}{s} \right\rfloor",
    r"w' = \lfloor (w + 2p - r(k-1) - 1)/s \rfloor + 1",
    "o = floor((i + 2p - k - (k-1)(d-1))/s) + 1",
    r"N_{out} = \left\lfloor \frac{N + 2P - D(K-1) + S - 1}{S} \right\rfloor",
    r"h^{[l]} = \lfloor (h^{[l-1]} + 2p^{[l]} - f^{[l]})/s^{[l]} \rfloor + 1",
    r"(H', W') = (\lfloor (H - k)/s \rfloor + 1, \lfloor (W - k)/s \rfloor + 1)",
    "Ausgabegröße = ⌊(Eingabegröße + 2·Padding − Kernelgröße)/Schrittweite⌋ + 1",
    "tamaño_salida = floor((tamaño_entrada - tamaño_filtro + 2*relleno)/paso) + 1",
    "taille_sortie = floor((taille_entrée - taille_noyau + 2*remplissage)/pas) + 1",
    "输出大小 = floor((输入大小 - 卷积核大小 + 2*填充)/步长) + 1",
    "出力サイズ = floor((入力サイズ + 2*パディング - カーネルサイズ)/ストライド) + 1",
    "출력크기 = floor((입력크기 + 2*패딩 - 커널크기)/스트라이드) + 1",
    "высота_выхода = floor((высота_входа + 2*паддинг - размер_ядра)/шаг) + 1",
    "H_out = (H_in - 1)*stride - 2*padding + dilation*(kernel_size - 1) + output_padding + 1",
    "o = s(i-1) + k - 2p",
    "total_padding = max((ceil(n/s) - 1)*s + k - n, 0)",
    "total_pad = max(0, dilation*(kernel - 1) - (n - 1) % stride)",
    r"k_{eff} = k + (k-1)(d-1)",
    r"k' = kd - d + 1",
]

WRONG_SIZES = [
    r"H_{out} = \left\lfloor \frac{H_{in} + 2P + K}{S} \right\rfloor + 1",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2P - K}{S} \right\rfloor",
    r"H_{out} = \left\lceil \frac{H_{in} + 2P - K}{S} \right\rceil + 1",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2P - D K - 1}{S} \right\rfloor + 1",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2P - S(K-1) - 1}{D} \right\rfloor + 1",
    r"H_{out} = \left\lfloor \frac{H_{in} + 2S - K}{P} \right\rfloor + 1",
    r"H_{out} = \lfloor \frac{H + p - 2k}{s} \rfloor + 1",
    "out = (in + 2*pad - dil*(k-1) + 1)//stride + 1",
    "out = (in - 2*pad - k)//stride + 1",
    "out = (in + 2*pad - k)//stride + 2",
    "out = in + 2*pad - k",
    "o = floor((i + 2p - k - (k+1)(d-1))/s) + 1",
    "H_out = (H_in - 1)*stride + 2*padding + dilation*(kernel_size - 1) + output_padding + 1",
    "H_out = H_in*stride - 2*padding + kernel_size",
    "H_out = (H_in - 1)*stride - 2*padding + kernel_size - 1",
    r"k_{eff} = d \cdot k",
    r"k_{eff} = k + (k-1)d",
    "输出大小 = floor((输入大小 - 卷积核大小 + 2*填充)/步长)",
]


@pytest.mark.parametrize("source", RIGHT_SIZES)
def test_a_right_size_is_proved(source: str) -> None:
    assert status(source) == "proved"


@pytest.mark.parametrize("source", WRONG_SIZES)
def test_a_wrong_size_is_refuted_with_a_counterexample_in_its_names(source: str) -> None:
    (outcome,) = decided(source)
    assert outcome is not None
    assert outcome.status == "refuted"
    assert outcome.counterexample is not None
    assert outcome.derived_text.startswith(source.split("=")[0].strip()[:1])
    assert outcome.reading.count(",") >= 2


def test_what_is_derived_for_a_wrong_size_is_right() -> None:
    for source in WRONG_SIZES:
        (outcome,) = decided(source)
        assert outcome is not None
        assert status(outcome.derived_text) in ("proved", "right_when"), outcome.derived_text


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        (r"W_2 = (W_1 - F)/S + 1", "S divides W_1 - F"),
        ("n - f + 1", "the stride is 1"),
        ("pad_total = (out - 1)*stride + kernel - in", "it is not negative"),
        (r"p = \frac{k-1}{2}", "odd"),
        (r"o = \lceil n / s \rceil", "SAME"),
        ("W_out = floor((W_in - k_h)/s_w) + 1", "k_h is also that of the other axis"),
        ("w_out = (w_in - k[0])//s[1] + 1", "other axis"),
        ("out = (in + pad - kernel)//stride + 1", "both sides together"),
        (r"H_{out} = \lfloor (224 + 2 \times 3 - 7)/2 \rfloor + 1 = 112", "7 is the kernel size"),
        ("RF = 1 + L(K-1)", "all layers are alike"),
        ("(H - k + 1) × (H - k + 1)", "height and width are the same"),
        (r"\text{receptive field} = 1 + (K-1)(2^n - 1)", "each block has one layer"),
        ("k × k × M × N", "the weights of a layer"),
        (r"FLOPs = 2 H W C_{in} K^2 C_{out}", "a multiply-add counts as two"),
        (r"R_k = 1 + \sum_{j=1}^{k} (F_j - 1) \prod_{i=0}^{j-1} S_i", "S_0 = 1"),
    ],
)
def test_a_condition_is_found_and_said(source: str, condition: str) -> None:
    found = [one for one in decided(source) if one and one.status == "right_when"]
    assert found
    assert any(condition in one.condition for one in found), [one.condition for one in found]


def test_a_condition_that_the_text_states_is_none() -> None:
    assert status(r"g = \frac{m + 2P - p}{t} + 1 \quad \text{if } t \mid m + 2P - p") == "proved"


def test_a_value_beside_a_size_belongs_to_it() -> None:
    right = r"H_{out} = \left\lfloor \frac{H - 3}{S} \right\rfloor + 1, \quad K = 3"
    assert status(right) == "proved"
    assert status(right.replace("H - 3", "H - 2")) != "proved"


@pytest.mark.parametrize(
    "source",
    ["E = m + 100", "C = 7", "m = k + 1", "p > 0", r"m \ge p", "lr = 0.01", r"\alpha = \beta + 1"],
)
def test_what_claims_nothing_is_no_claim(source: str) -> None:
    assert status(source) in ("no_claim", "none")


@pytest.mark.parametrize("source", ["y_i = x_i + b", r"y_{ij} = \sum_r x_{i+r} w_r", "dX = dW"])
def test_arrays_are_no_matter_of_sizes(source: str) -> None:
    assert status(source) in ("no_claim", "none")


def test_a_role_that_was_said_is_kept() -> None:
    source = r"a = \lfloor (b - c)/e \rfloor + 1"
    told = {"a": "output size", "b": "input size", "c": "kernel size", "e": "stride"}
    assert status(source, **told) == "proved"
    assert status(source, **{**told, "c": "stride", "e": "kernel size"}) == "refuted"


def test_a_padding_that_was_said_to_be_on_each_side_counts_twice() -> None:
    source = "out = (in + pad - kernel)//stride + 1"
    assert status(source, pad="padding") == "refuted"
    assert status(source, pad="total padding") == "proved"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (r"r_l = r_{l-1} + (k_l - 1) \prod_{i=1}^{l-1} s_i", "proved"),
        (r"r_l = r_{l-1} + k_l \prod_{i=1}^{l-1} s_i", "refuted"),
        (r"r_l = r_{l-1} + (k_l - 1) \prod_{i=1}^{l} s_i", "refuted"),
        (r"R = 1 + \sum_{l=1}^{L} (k_l - 1) \prod_{i=1}^{l-1} s_i", "proved"),
        (r"R = 1 + \sum_{l=1}^{L} d_l (k_l - 1) \prod_{i=1}^{l-1} s_i", "proved"),
        (r"R = \sum_{l=1}^{L} (k_l - 1) \prod_{i=1}^{l-1} s_i", "refuted"),
        (r"r_l = r_{l-1} + (k_l - 1) j_{l-1}", "proved"),
        (r"RF_l = RF_{l-1} + K_l \cdot J_{l-1}", "refuted"),
        (r"j_l = j_{l-1} \cdot s_l", "proved"),
        (r"r_{l-1} = s_l \cdot r_l + (k_l - s_l)", "proved"),
        (r"\text{receptive field} = 2(k-1)(b^n - 1)/(b-1)", "refuted"),
    ],
)
def test_receptive_fields(source: str, verdict: str) -> None:
    assert status(source) == verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (r"params = C_{out}(C_{in} k^2 + 1)", "proved"),
        (r"\#params = k_h k_w C_{in} C_{out} + C_{out}", "proved"),
        (r"weights = \frac{C_{in}}{g} C_{out} k_h k_w", "proved"),
        (r"params = k_h k_w C_{in} + C_{out}", "refuted"),
        (r"params = k^2 (C_{in} + 1) C_{out}", "refuted"),
        (r"\frac{1}{N} + \frac{1}{K^2} = \frac{K^2 + N}{N K^2}", "proved"),
        (r"\frac{1}{N} + \frac{1}{K^2} = \frac{K^2 + N}{N + K^2}", "refuted"),
    ],
)
def test_counts_and_ratios(source: str, verdict: str) -> None:
    assert status(source) == verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (r"i s \le u \le i s + k - 1", "proved"),
        (r"i s \le u + p < i s + k", "proved"),
        (r"i s \le u \le i s + k", "refuted"),
        (r"\lceil (u-k+1)/s \rceil \le i \le \lfloor u/s \rfloor", "proved"),
        (r"\lfloor (u-k+1)/s \rfloor \le i \le \lfloor u/s \rfloor", "refuted"),
        (r"(o - 1)s + k \le i + 2p", "proved"),
        (r"t < p \iff \lfloor (p-1)/t \rfloor \ge 1", "proved"),
        (r"t \le p \iff \lfloor (p-1)/t \rfloor \ge 1", "refuted"),
    ],
)
def test_conditions_on_windows(source: str, verdict: str) -> None:
    assert status(source) == verdict


def test_sums_in_numbers_are_checked_as_such() -> None:
    assert status(r"\lfloor (32 - 5 + 4)/1 \rfloor + 1 = 32") == "right_when"
    assert status(r"\lfloor (32 - 5 + 4)/1 \rfloor + 1 = 31") == "refuted"
    assert status("(W - F)/S + 1 = (10 - 3)/2 + 1 = 4.5") == "right_when"


@settings(max_examples=60, deadline=None)
@given(
    names=st.permutations("abcdeghjlmquvz"),
    fault=st.sampled_from([None, "{n} + 2*{p} + {k}", "{n} + {p} - {k}", "{n} + 2*{p} - 2*{k}"]),
)
def test_any_letters_with_told_roles_give_the_same_verdict(
    names: list[str], fault: str | None
) -> None:
    roles = ("output size", "input size", "kernel size", "padding", "stride")
    letters = dict(zip("onkps", names, strict=False))
    room = (fault or "{n} + 2*{p} - {k}").format(**letters)
    source = f"{letters['o']} = floor(({room})/{letters['s']}) + 1"
    told = dict(zip(letters.values(), roles, strict=True))
    assert status(source, **told) == ("refuted" if fault else "proved")


# The parts


def test_equal_normal_forms_are_equal_sizes() -> None:
    floor = Total((Floor(Quotient(Total((N, Negated(K))), S)), ONE))
    assert same_value(floor, Ceiling(Quotient(Total((N, Negated(K), ONE)), S)))
    assert not same_value(floor, Ceiling(Quotient(Total((N, Negated(K))), S)))
    assert same_value(
        Remainder(K, TWO), Total((K, Negated(Product((TWO, Floor(Quotient(K, TWO)))))))
    )
    assert same_value(Largest((N, K)), Total((N, Largest((Total((K, Negated(N))), Integer(0))))))


_LEAVES = st.sampled_from([N, K, S, ONE, TWO, Integer(3)])
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(Total),
        st.tuples(inner, inner).map(Product),
        inner.map(Negated),
        st.tuples(inner, st.sampled_from([S, TWO])).map(lambda pair: Floor(Quotient(*pair))),
        st.tuples(inner, st.sampled_from([S, TWO])).map(lambda pair: Ceiling(Quotient(*pair))),
        st.tuples(inner, inner).map(Largest),
        st.tuples(inner, st.sampled_from([S, TWO])).map(lambda pair: Remainder(*pair)),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(one=_EXPRESSIONS, other=_EXPRESSIONS)
def test_equal_normal_forms_mean_equal_values(one: object, other: object) -> None:
    try:
        equal = form(one).same(form(other))
    except NoFormError:
        return
    if equal:
        left, right = value_of(one), value_of(other)
        for n in range(1, 7):
            for k in range(1, 5):
                for s in range(1, 4):
                    env = {"n": n, "k": k, "s": s}
                    assert left(env) == right(env)


def test_laws_speak_of_no_role_that_is_not_named() -> None:
    for law in LAWS:
        allowed = sorted(law.allows)
        for many in range(1, 5):
            for roles in map(frozenset, combinations(allowed, many)):
                for variant in variants_of(law, roles):
                    used = {node.name for node in walk(variant.value) if isinstance(node, Letter)}
                    assert used <= roles, (law.kind, roles)


def test_words_say_what_a_name_is() -> None:
    assert costs("kernel_size[0]")["kernel size"] == 0
    assert costs("步长")["stride"] == 0
    assert costs("output_padding")["output padding"] == 0
    assert costs("s")["dilation"] > 4
    assert taken_apart("W_out").axis == "w"
    assert taken_apart("r_l-1").layer == -1


@pytest.mark.parametrize(
    "source",
    [
        "o = " + "(" * 60 + "i" + ")" * 60,
        "o = ((i^{9})^{9})^{9} + k^{99999999}",
        "o = " + "+".join(f"i*k^{n}" for n in range(200)),
        "a*b*c*d*f*g*h*j*k*l*m*n*o*p*q*r*s*t*u*v*w*x*y*z",
        "o = " + " + ".join(str(n) for n in range(3, 60)),
        r"R = \sum_{l=1}^{999999999} (k_l - 1) \prod_{i=1}^{l-1} s_i",
    ],
)
def test_nothing_hangs(source: str) -> None:
    start = perf_counter()
    decided(source)
    assert perf_counter() - start < 10


# Planted faults under many spellings

SPELLINGS = [
    ("H_out", "H_in", "K", "S", "P", "D"),
    ("o", "i", "k", "s", "p", "d"),
    ("out", "in", "kernel", "stride", "pad", "dilation"),
    ("n_{out}", "n_{in}", "f", "s", "p", "d"),
    ("OH", "H", "FH", "S", "P", "D"),
    ("W_2", "W_1", "F", "S", "P", "d"),
    ("输出", "输入", "卷积核", "步长", "填充", "膨胀率"),
    ("output_size", "input_size", "kernel_size", "stride", "padding", "dilation"),
    ("H^{l}", "H^{l-1}", "k^{l-1}", "s^{l-1}", "p^{l-1}", "d^{l-1}"),
    ("sortie", "entrée", "noyau", "pas", "remplissage", "dilatation"),
    ("T_{out}", "T", "k", "s", "p", "d"),
]
ARRANGEMENTS = [
    "floor(({n}+2*{p}-{k})/{s})+1",
    "1+floor(({n}-{k}+{p}+{p})/{s})",
    "ceil(({n}+2*{p}-{k}+1)/{s})",
    "({n}+2*{p}-{k}+{s})//{s}",
    "floor(({n}+2*{p}-{d}*({k}-1)-1)/{s}+1)",
    "floor(({n}+2*{p}-{k}-({k}-1)*({d}-1))/{s})+1",
    "({n}-1)*{s}-2*{p}+{d}*({k}-1)+1",
    "{s}*({n}-1)+{k}-2*{p}",
]
FAULTS = [
    "floor(({n}+2*{p}-{k})/{s})",
    "floor(({n}-2*{p}-{k})/{s})+1",
    "floor(({n}+2*{p}+{k})/{s})+1",
    "floor(({n}+2*{k}-{p})/{s})+1",
    "floor(({n}+2*{p}-{s})/{k})+1",
    "ceil(({n}+2*{p}-{k})/{s})+1",
    "floor(({n}+2*{p}-{k}+1)/{s})",
    "floor(({n}+2*{p}-{d}*{k}-1)/{s})+1",
    "floor(({n}+2*{p}-{d}*({k}-1)+1)/{s})+1",
    "floor(({n}+2*{p}-{s}*({k}-1)-1)/{d})+1",
    "floor(({n}+2*{p}-({k}-1)*({d}+1)-1)/{s})+1",
    "({n}-1)*{s}+{k}+2*{p}",
    "{n}*{s}+{k}-2*{p}",
    "({n}-1)*{d}-2*{p}+{s}*({k}-1)+1",
]


def _spelled(arrangement: str, names: tuple[str, ...]) -> str:
    letters = dict(zip("onkspd", names, strict=True))
    return f"{names[0]} = " + arrangement.format(**letters)


@pytest.mark.parametrize("names", SPELLINGS)
def test_every_arrangement_is_proved_in_every_spelling(names: tuple[str, ...]) -> None:
    for arrangement in ARRANGEMENTS:
        source = _spelled(arrangement, names)
        assert status(source) == "proved", source


@pytest.mark.parametrize("names", SPELLINGS)
def test_no_planted_fault_is_proved_by_an_obliging_reading(names: tuple[str, ...]) -> None:
    for fault in FAULTS:
        source = _spelled(fault, names)
        assert status(source) == "refuted", source


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (r"r_l = r_{l-1} + (k_l - 1) j_l", "right_when"),
        (r"r_l = r_{l-1} + (k_{l-1} - 1) j_{l-1}", "right_when"),
        (r"\frac{k-1}{2} = \lfloor k/2 \rfloor", "right_when"),
        (r"a = (i + 2p - k) \bmod s", "proved"),
        (r"i s + k \le n \iff i \le \lfloor (n-k)/s \rfloor", "proved"),
        (r"i s + k \le n \iff i < \lfloor (n-k)/s \rfloor", "refuted"),
        ("pad_bottom = pad_along_height - pad_top", "proved"),
        ("out_height = ceil(float(in_height - filter_height + 1) / float(strides[1]))", "proved"),
    ],
)
def test_more_of_what_people_write(source: str, verdict: str) -> None:
    assert status(source) == verdict


@pytest.mark.parametrize(
    "source",
    [
        r"H_{out} = \lfloor (H+2P-K)/S + 1 \rceil",
        r"H_{out} = \lfloor (H+2P-K)/S \rceil + 1",
        r"H_{out} = \left\lceil \frac{H+2P-K}{S} \right\rfloor + 1",
        "H_out = ⌊(H+2P-K)/S⌉ + 1",
    ],
)
def test_a_floor_closed_as_a_ceiling_is_not_read(source: str) -> None:
    assert not decided(source)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (r"\#params = (f \times f \times n_c^{[l-1]}) \times n_c^{[l]} + n_c^{[l]}", "proved"),
        (r"\#params = (f \times f \times n_c^{[l-1]}) \times n_c^{[l]} + n_c^{[l-1]}", "none"),
        ("params = k^2 C_{l-1} C_l + C_l", "proved"),
        ("params = k^2 C_{l-1} C_l + C_{l-1}", "none"),
        ("params = k^2 C_l C_{l+1} + C_{l+1}", "proved"),
        ("params = k^2 C_l C_{l+1} + C_l", "none"),
    ],
)
def test_the_layer_before_is_the_side_of_the_input(source: str, verdict: str) -> None:
    found = status(source)
    assert found == verdict or (verdict == "none" and found in ("none", "no_claim", "refuted"))


@pytest.mark.parametrize(
    ("source", "proved"),
    [
        ("MACs = K C_{in} C_{out} H_{out} W_{out}", False),
        ("MACs = K^2 C_{in} C_{out} H_{out} W_{out}", True),
        ("MACs = K^3 C_{in} C_{out} H_{out} W_{out}", False),
        ("MACs = K^2 C_{in} C_{out} D_{out} H_{out} W_{out}", False),
        ("MACs = K^3 C_{in} C_{out} D_{out} H_{out} W_{out}", True),
    ],
)
def test_a_lone_kernel_has_as_many_axes_as_the_output(source: str, proved: bool) -> None:
    assert (status(source) in ("proved", "right_when")) == proved


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("P = max(k-s,0) if W % s == 0 else max(k-(W % s),0)", "proved"),
        ("P = max(k-s,0) if W % s == 0 else max(k-s,0)", "none"),
        ("P = max(k-s,0) if W % s == 0, else max(k-s,0)", "none"),
        ("P = (W % s == 0) ? max(k-s,0) : max(k-s,0)", "none"),
    ],
)
def test_both_branches_of_a_choice_are_judged(source: str, verdict: str) -> None:
    assert status(source) == verdict


@pytest.mark.parametrize(
    "source",
    ["1/0 = H_{out}", "H_{out} = 1/0", "H_{out} = (H-K)/0 + 1", "H_{out} = (H-K)/(S-S) + 1"],
)
def test_nothing_is_divided_by_zero(source: str) -> None:
    assert status(source) == "none"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (
            r"H_{out} \times W_{out} = (\frac{H-K+2P}{S}+1) \times (\frac{W-K+2P}{S}+1)",
            "right_when",
        ),
        (r"H_{out} \times W_{out} = (\frac{H-K+2P}{S}+1) \times (\frac{W-K+P}{S}+1)", "none"),
        (r"(H_{out}, W_{out}) = (\frac{H-K+2P}{S}+1, \frac{W-K+P}{S}+1)", "none"),
    ],
)
def test_a_padding_is_counted_alike_in_all_parts_of_a_shape(source: str, verdict: str) -> None:
    assert status(source) == verdict
