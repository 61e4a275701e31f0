"""Which token a command of LaTeX or a character stands for: data, no code that decides."""

from __future__ import annotations

from typing import Final, TypeAlias

from symconv.formula.lexer.tokens import Kind

Meaning: TypeAlias = tuple[Kind, str]

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
    "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho"}
_GREEK_CHARACTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _GREEK.split(), strict=True))

ACCENTS: Final = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "bar", "vec": "vec", "dot": "dot", "ddot": "ddot", "check": "check",
    "breve": "breve", "mathring": "ring", "underline": "under", "overrightarrow": "vec",
}  # fmt: skip

_TEXT_COMMANDS = (
    "emph hbox mathit mathop mathrm mathtt mbox operatorname text textbf textit textnormal "
    "textrm textsc textsf texttt textup verb"
)
TEXT_COMMANDS: Final = frozenset(_TEXT_COMMANDS.split())
"""Commands whose argument is a text, which is a name or words."""

_FONTS = (
    "Big Bigg Biggl Biggr Bigl Bigr Large bf big bigg biggl biggr bigl bigr bm boldsymbol "
    "boxed cal centering cline color displaystyle ensuremath fbox footnotesize hline hphantom "
    "it large left limits llap mathbb mathbf mathbin mathcal mathclose mathds mathfrak "
    "mathopen mathord mathpunct mathrel mathscr mathsf middle noindent nolimits nonumber "
    "normalsize notag overbrace phantom pmb protect relax right rlap rm scriptstyle sf small "
    "smash strut textstyle tt underbrace unicode vphantom"
)
FONTS: Final = frozenset(_FONTS.split())
"""Commands that only change how something looks; they are left out."""

COMMANDS: Final[dict[str, Meaning]] = {
    **{name: ("letter", name) for name in _GREEK.split()},
    **{name: ("letter", plain) for name, plain in _VARIANTS.items()},
    **{name: ("accent", accent) for name, accent in ACCENTS.items()},
    "ell": ("letter", "l"), "imath": ("letter", "i"), "jmath": ("letter", "j"),
    "cdot": ("times", "cdot"), "times": ("times", "times"), "bullet": ("times", "cdot"),
    "ast": ("star", "*"), "star": ("star", "star"), "circledast": ("star", "circledast"),
    "oast": ("star", "circledast"), "otimes": ("star", "otimes"), "odot": ("star", "odot"),
    "circ": ("star", "circ"), "oplus": ("star", "oplus"), "bigstar": ("star", "star"),
    "circledcirc": ("star", "circledcirc"), "bigodot": ("star", "odot"),
    "bigotimes": ("star", "otimes"), "boxtimes": ("star", "boxtimes"),
    "div": ("floordiv", "div"), "pm": ("unknown", "pm"), "mp": ("unknown", "mp"),
    "bmod": ("mod", "mod"), "mod": ("mod", "mod"), "pmod": ("mod", "pmod"),
    "frac": ("frac", "frac"), "dfrac": ("frac", "frac"), "tfrac": ("frac", "frac"),
    "cfrac": ("frac", "frac"), "over": ("over", "over"), "sqrt": ("root", "sqrt"),
    "binom": ("frac", "binom"),
    "lfloor": ("open", "floor"), "rfloor": ("close", "floor"),
    "lceil": ("open", "ceil"), "rceil": ("close", "ceil"),
    "lbrace": ("open", "{"), "rbrace": ("close", "{"),
    "lbrack": ("open", "["), "rbrack": ("close", "["),
    "langle": ("open", "<"), "rangle": ("close", "<"),
    "lvert": ("open", "|"), "rvert": ("close", "|"), "vert": ("bar", "|"),
    "lVert": ("open", "||"), "rVert": ("close", "||"), "Vert": ("bar", "||"),
    "sum": ("big", "sum"), "prod": ("big", "prod"), "int": ("big", "int"),
    "iint": ("big", "int"), "max": ("big", "max"), "min": ("big", "min"),
    "argmax": ("big", "argmax"), "argmin": ("big", "argmin"), "lim": ("big", "lim"),
    "sup": ("big", "max"), "inf": ("big", "min"), "bigcup": ("big", "bigcup"),
    "partial": ("partial", "partial"), "nabla": ("nabla", "nabla"),
    "infty": ("infinity", "infty"), "forall": ("forall", "forall"),
    "cdots": ("dots", "..."), "ldots": ("dots", "..."), "dots": ("dots", "..."),
    "vdots": ("dots", "..."), "ddots": ("dots", "..."), "dotsc": ("dots", "..."),
    "dotsb": ("dots", "..."),
    "prime": ("prime", "'"), "top": ("transpose", "T"), "intercal": ("transpose", "T"),
    "T": ("transpose", "T"),
    "le": ("compare", "<="), "leq": ("compare", "<="), "leqslant": ("compare", "<="),
    "ge": ("compare", ">="), "geq": ("compare", ">="), "geqslant": ("compare", ">="),
    "lt": ("compare", "<"), "gt": ("compare", ">"), "ne": ("compare", "!="),
    "neq": ("compare", "!="), "ll": ("compare", "<"), "gg": ("compare", ">"),
    "approx": ("relation", "approx"), "simeq": ("relation", "approx"),
    "sim": ("relation", "approx"), "propto": ("relation", "propto"),
    "equiv": ("relation", "equiv"), "cong": ("relation", "equiv"),
    "coloneqq": ("relation", ":="), "triangleq": ("relation", ":="), "doteq": ("relation", "="),
    "to": ("relation", "arrow"), "rightarrow": ("relation", "arrow"),
    "longrightarrow": ("relation", "arrow"), "mapsto": ("relation", "arrow"),
    "xrightarrow": ("relation", "arrow:"), "leftarrow": ("relation", ":="),
    "gets": ("relation", ":="), "longmapsto": ("relation", "arrow"),
    "Rightarrow": ("relation", "implies"), "implies": ("relation", "implies"),
    "Longrightarrow": ("relation", "implies"), "Leftrightarrow": ("relation", "iff"),
    "iff": ("relation", "iff"), "Longleftrightarrow": ("relation", "iff"),
    "leftrightarrow": ("relation", "iff"),
    "in": ("in", "in"), "notin": ("in", "notin"), "subset": ("in", "subset"),
    "subseteq": ("in", "subset"), "mid": ("mid", "|"), "nmid": ("mid", "!|"),
    "land": ("logic", "and"), "wedge": ("logic", "and"), "lor": ("logic", "or"),
    "vee": ("logic", "or"), "lnot": ("logic", "not"), "neg": ("logic", "not"),
    "quad": ("quad", ""), "qquad": ("quad", ""), "newline": ("row", ""), "cr": ("row", ""),
    "cup": ("star", "cup"), "cap": ("star", "cap"), "setminus": ("star", "setminus"),
    "hspace": ("space", ""), "vspace": ("space", ""), "degree": ("star", "circ"),
    "par": ("row", ""), "colon": ("colon", ":"),
}  # fmt: skip

CHARACTERS: Final[dict[str, Meaning]] = {
    **{character: ("letter", name) for character, name in _GREEK_CHARACTERS.items()},
    "ϵ": ("letter", "epsilon"), "ϕ": ("letter", "phi"), "ℓ": ("letter", "l"),
    "+": ("plus", "+"), "＋": ("plus", "+"), "±": ("unknown", "pm"),
    "-": ("minus", "-"), "−": ("minus", "-"), "–": ("minus", "-"), "－": ("minus", "-"),
    "‐": ("minus", "-"), "‑": ("minus", "-"), "—": ("minus", "-"),
    "×": ("times", "times"), "·": ("times", "cdot"), "⋅": ("times", "cdot"),
    "∙": ("times", "cdot"), "•": ("times", "cdot"), "・": ("times", "cdot"),
    "✕": ("times", "times"), "⨯": ("times", "times"), "＊": ("star", "*"),
    "*": ("star", "*"), "∗": ("star", "*"), "⋆": ("star", "star"), "★": ("star", "star"),
    "⊛": ("star", "circledast"), "⊗": ("star", "otimes"), "⨂": ("star", "otimes"),
    "⊙": ("star", "odot"), "⨀": ("star", "odot"), "∘": ("star", "circ"), "@": ("star", "@"),
    "°": ("star", "circ"), "⊕": ("star", "oplus"),
    "/": ("slash", "/"), "÷": ("floordiv", "div"), "／": ("slash", "/"), "∕": ("slash", "/"),
    "⁄": ("slash", "/"), "%": ("mod", "mod"), "％": ("mod", "mod"),
    "_": ("script", "_"), "^": ("script", "^"), "'": ("prime", "'"), "’": ("prime", "'"),
    "′": ("prime", "'"), "″": ("prime", "''"), "ᵀ": ("transpose", "T"), "⊤": ("transpose", "T"),
    "(": ("open", "("), ")": ("close", "("), "（": ("open", "("), "）": ("close", "("),
    "[": ("open", "["), "]": ("close", "["), "［": ("open", "["), "］": ("close", "["),
    "⌊": ("open", "floor"), "⌋": ("close", "floor"), "⎣": ("open", "floor"),
    "⎦": ("close", "floor"), "⌈": ("open", "ceil"), "⌉": ("close", "ceil"),
    "⎡": ("open", "ceil"), "⎤": ("close", "ceil"), "⟨": ("open", "<"), "⟩": ("close", "<"),
    "|": ("bar", "|"), "∣": ("mid", "|"), "∤": ("mid", "!|"), "‖": ("bar", "||"),
    ",": ("comma", ","), "，": ("comma", ","), "、": ("comma", ","), ";": ("semicolon", ";"),
    "；": ("semicolon", ";"), ":": ("colon", ":"), "：": ("colon", ":"), "？": ("question", "?"),
    "?": ("question", "?"), "。": ("stop", "."), ".": ("stop", "."), "!": ("factorial", "!"),
    "=": ("relation", "="), "＝": ("relation", "="), "≈": ("relation", "approx"),
    "≃": ("relation", "approx"), "∼": ("relation", "approx"), "≡": ("relation", "equiv"),
    "≔": ("relation", ":="), "∝": ("relation", "propto"), "←": ("relation", ":="),
    "→": ("relation", "arrow"), "⟶": ("relation", "arrow"), "↦": ("relation", "arrow"),
    "⇒": ("relation", "implies"), "⟹": ("relation", "implies"), "⇔": ("relation", "iff"),
    "⟺": ("relation", "iff"), "↔": ("relation", "iff"),
    "<": ("compare", "<"), "＜": ("compare", "<"), ">": ("compare", ">"), "＞": ("compare", ">"),
    "≤": ("compare", "<="), "≥": ("compare", ">="), "≦": ("compare", "<="),
    "≧": ("compare", ">="), "⩽": ("compare", "<="), "⩾": ("compare", ">="),
    "≠": ("compare", "!="), "∈": ("in", "in"), "∉": ("in", "notin"), "⊂": ("in", "subset"),
    "⊆": ("in", "subset"), "∧": ("logic", "and"), "∨": ("logic", "or"), "¬": ("logic", "not"),
    "∀": ("forall", "forall"), "∞": ("infinity", "infty"), "…": ("dots", "..."),
    "⋯": ("dots", "..."), "⋮": ("dots", "..."), "⋱": ("dots", "..."),
    "∑": ("big", "sum"), "Σ": ("big", "sum"), "Π": ("big", "prod"), "∏": ("big", "prod"),
    "∫": ("big", "int"), "∂": ("partial", "partial"),
    "∇": ("nabla", "nabla"), "√": ("root", "sqrt"), "⋃": ("big", "bigcup"),
    "𝟙": ("indicator", "1"), "𝟏": ("indicator", "1"),
    "ℝ": ("letter", "R"), "ℤ": ("letter", "Z"), "ℕ": ("letter", "N"),
    "ℒ": ("letter", "L"), "ℱ": ("letter", "F"), "∪": ("star", "cup"), "∩": ("star", "cap"),
    "&": ("cell", "&"), "~": ("space", ""), "∴": ("space", ""), "∵": ("space", ""),
    "{": ("brace", "{"), "}": ("unbrace", "{"),
}  # fmt: skip

SIGNS: Final[dict[str, Meaning]] = {
    "<=>": ("relation", "iff"), "-->": ("relation", "arrow"), "==>": ("relation", "implies"),
    "...": ("dots", "..."), "//": ("floordiv", "//"), "**": ("script", "^"),
    ":=": ("relation", ":="), "+=": ("relation", "+="), "-=": ("relation", "-="),
    "==": ("relation", "="), "!=": ("compare", "!="), "<=": ("compare", "<="),
    ">=": ("compare", ">="), "=<": ("compare", "<="), "->": ("relation", "arrow"),
    "=>": ("relation", "implies"), "<-": ("relation", ":="), "..": ("range", ".."),
    ".*": ("star", "odot"), "./": ("slash", "/"), ".^": ("script", "^"),
    "&&": ("logic", "and"), "||": ("logic", "or"), "*=": ("relation", "*="),
    "/=": ("relation", "/="), "∂": ("partial", "partial"),
}  # fmt: skip

ENTITIES: Final[dict[str, Meaning]] = {
    "lt": ("compare", "<"), "gt": ("compare", ">"), "le": ("compare", "<="),
    "ge": ("compare", ">="), "ne": ("compare", "!="), "amp": ("cell", "&"),
    "nbsp": ("space", ""), "times": ("times", "times"), "minus": ("minus", "-"),
    "middot": ("times", "cdot"), "sdot": ("times", "cdot"), "sum": ("big", "sum"),
    "part": ("partial", "partial"), "lfloor": ("open", "floor"), "rfloor": ("close", "floor"),
    "lceil": ("open", "ceil"), "rceil": ("close", "ceil"), "isin": ("in", "in"),
    "rarr": ("relation", "arrow"), "hellip": ("dots", "..."),
}  # fmt: skip

_SUBSCRIPTS = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-ₐaₑeₕhᵢiⱼjₖkₗlₘmₙnₒoₚpᵣrₛsₜtᵤuᵥvₓx₍(₎)"
_SUPERSCRIPTS = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-ⁱiⁿnˡlᵏkʰhʷwᵐmᵖpʲjˢsᵗtᵃaᵇbᶜcᵈd⁽(⁾)"
SUBSCRIPTS: Final = dict(zip(_SUBSCRIPTS[::2], _SUBSCRIPTS[1::2], strict=True))
SUPERSCRIPTS: Final = dict(zip(_SUPERSCRIPTS[::2], _SUPERSCRIPTS[1::2], strict=True))
