"""What the commands, signs and environments of LaTeX mean to the grammar."""

from __future__ import annotations

from symconv.formula.words import word_set


def _table(rows: str) -> dict[str, str]:
    return {word: kind for kind, *words in map(str.split, rows.splitlines()) for word in words}


# Command (without the backslash) -> terminal.
COMMANDS = _table("""\
TIMES cdot times ast star
SLASH div
EQ coloneqq triangleq
NE ne neq
LT lt
GT gt
LE le leq leqslant leqq
GE ge geq geqslant geqq
DIVIDES mid vert divides
NOTDIVIDES nmid
EQUIV equiv
NOTEQUIV nequiv
IN in
DOTS dots cdots ldots vdots ddots dotsc dotsb hdots
AND land wedge &
OR lor vee
NOT neg lnot
IFF iff Leftrightarrow Longleftrightarrow
IMPLIES implies Rightarrow Longrightarrow
WHEN forall
FILLER therefore because
MOD bmod mod %
LFLOOR lfloor
RFLOOR rfloor
LCEIL lceil
RCEIL rceil
LSET { lbrace
RSET } rbrace
LBRACK lbrack
RBRACK rbrack
LPAR lgroup
RPAR rgroup
SUM sum
MAX max
MIN min
FRAC frac dfrac tfrac cfrac
PARTIAL partial
NABLA nabla
COLON colon""")

# One character, also the mathematical signs of Unicode -> terminal.
SIGNS = _table("""\
PLUS + ＋
MINUS - − – ﹣ －
TIMES * · × ⋅ ∗ ∙ ＊
SLASH / ÷ ∕ ／
EQ = ＝ ≔
NE ≠
LT < ＜
GT > ＞
LE ≤ ⩽ ≦
GE ≥ ⩾ ≧
DIVIDES | ∣ ｜
NOTDIVIDES ∤
EQUIV ≡
NOTEQUIV ≢
IN ∈
DOTS … ⋯ ⋮ ⋱
AND ∧
OR ∨
NOT ¬
IFF ⇔ ⟺ ↔
IMPLIES ⇒ ⟹
WHEN ∀
FILLER ∴ ∵
LPAR ( （
RPAR ) ）
LBRACK [ ［
RBRACK ] ］
LFLOOR ⌊
RFLOOR ⌋
LCEIL ⌈
RCEIL ⌉
SUM ∑ Σ
PARTIAL ∂
NABLA ∇
COMMA , ; ， ； 、
COLON : ：
PERIOD . 。 ．""")

GREEK = word_set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
    "xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma "
    "Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell imath jmath hbar"
)
FUNCTIONS = word_set(
    "exp log ln sin cos tan tanh sinh cosh gcd det dim sup inf arg deg lim limsup liminf ker"
)
ACCENTS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "bar", "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve",
    "underline": "underline",
}  # fmt: skip

# \mathrm{ab} is one name, \text{ab} one name or words; neither is a product of letters.
TEXTS = {
    name: kind
    for kind, names in {
        "text": "text textrm textit textbf texttt textsf textnormal textup mbox hbox",
        "name": "mathrm mathit mathsf mathtt",
        "operator": "operatorname",
    }.items()
    for name in names.split()
}
# These change how letters look; the letters stay what they are.
FONTS = word_set(
    "mathbf boldsymbol bm pmb mathcal mathscr mathfrak mathbb vec overrightarrow boxed mathop "
    "mathord mathbin mathrel mathopen mathclose"
)
# These and their argument say nothing.
SILENT_WITH_ARGUMENT = word_set(
    "label tag hspace vspace phantom hphantom vphantom color mspace kern ref eqref "
    "cline noalign textcolor overset stackrel"
)
SILENT = word_set(
    "displaystyle textstyle scriptstyle limits nolimits nonumber notag hline hfill left right "
    "middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm rm bf it cal "
    "boldmath centering noindent allowbreak nobreak relax mathstrut strut allowdisplaybreaks "
    "smallskip medskip bigskip break par small large footnotesize normalsize ( ) [ ]"
)
THIN = word_set(", ; : ! > thinspace medspace thickspace negthinspace enspace") | {
    " ",
    "\n",
    "\t",
}
WIDE = frozenset({"quad", "qquad"})

CASES = frozenset({"cases", "dcases", "rcases"})
MATRICES = word_set("matrix pmatrix bmatrix Bmatrix smallmatrix")
LINES = word_set(
    "array aligned alignedat align alignat flalign gather gathered split equation multline "
    "multlined eqnarray math displaymath subarray"
)
WITH_COLUMNS = frozenset({"array", "alignat", "alignedat", "subarray"})
