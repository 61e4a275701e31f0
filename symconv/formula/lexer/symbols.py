"""Which token a command, a character or a word stands for: data, no code that decides."""

from __future__ import annotations

from typing import Final

from symconv.formula.lexer.tokens import Kind

Meaning = tuple[Kind, str]

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
).split()
_VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho"}
_GREEK_CHARACTERS = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        [*_GREEK[:24], *_GREEK[24:]],
        strict=True,
    )
)

ACCENTS: Final = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "bar", "vec": "vec", "dot": "dot", "ddot": "ddot", "check": "check",
    "breve": "breve", "mathring": "ring", "underline": "under", "overrightarrow": "vec",
}  # fmt: skip

TEXT_COMMANDS: Final = frozenset(
    "text textrm textit textbf textsf texttt textnormal mathrm mathit mathtt operatorname mbox "
    "hbox mathop textup textsc emph verb".split()
)
FONTS: Final = frozenset(
    "mathbf boldsymbol bm mathcal mathsf mathbb mathfrak mathscr mathds pmb bf rm it sf tt cal "
    "displaystyle textstyle scriptstyle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl "
    "Biggr left right middle limits nolimits nonumber notag mathrel mathbin mathord mathopen "
    "mathclose mathpunct rlap llap smash ensuremath centering boxed fbox underbrace overbrace "
    "color small large footnotesize normalsize Large hline cline noindent relax protect unicode "
    "DeclareMathOperator bold strut vphantom hphantom phantom operatorname* math".split()
)

COMMANDS: Final[dict[str, Meaning]] = {
    **{name: ("letter", name) for name in _GREEK},
    **{name: ("letter", plain) for name, plain in _VARIANTS.items()},
    **{name: ("accent", accent) for name, accent in ACCENTS.items()},
    "ell": ("letter", "l"), "imath": ("letter", "i"), "jmath": ("letter", "j"),
    "cdot": ("times", "cdot"), "times": ("times", "times"), "bullet": ("times", "cdot"),
    "ast": ("star", "*"), "star": ("star", "star"), "circledast": ("star", "circledast"),
    "oast": ("star", "circledast"), "otimes": ("star", "otimes"), "odot": ("star", "odot"),
    "circ": ("star", "circ"), "oplus": ("star", "oplus"), "bigstar": ("star", "star"),
    "circledcirc": ("star", "circledcirc"), "bigodot": ("star", "odot"),
    "bigotimes": ("star", "otimes"), "boxtimes": ("star", "boxtimes"),
    "div": ("floordiv", "div"), "pm": ("plus", "pm"), "mp": ("minus", "mp"),
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
    "cup": ("star", "cup"), "cap": ("star", "cap"), "setminus": ("minus", "setminus"),
    "hspace": ("space", ""), "vspace": ("space", ""), "degree": ("star", "circ"),
    "par": ("row", ""), "colon": ("colon", ":"), "lVert": ("open", "||"),
}  # fmt: skip

CHARACTERS: Final[dict[str, Meaning]] = {
    **{character: ("letter", name) for character, name in _GREEK_CHARACTERS.items()},
    "ϵ": ("letter", "epsilon"), "ϕ": ("letter", "phi"), "ℓ": ("letter", "l"),
    "+": ("plus", "+"), "＋": ("plus", "+"), "±": ("plus", "pm"),
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
    "∑": ("big", "sum"), "Σ": ("big", "sum"), "Π": ("big", "prod"), "∏": ("big", "prod"), "∫": ("big", "int"), "∂": ("partial", "partial"),
    "∇": ("nabla", "nabla"), "√": ("root", "sqrt"), "⋃": ("big", "bigcup"),
    "𝟙": ("indicator", "1"), "𝟏": ("indicator", "1"),
    "ℝ": ("letter", "R"), "ℤ": ("letter", "Z"), "ℕ": ("letter", "N"),
    "ℒ": ("letter", "L"), "ℱ": ("letter", "F"), "∪": ("star", "cup"), "∩": ("star", "cap"),
    "&": ("cell", "&"), "~": ("space", ""), "{": ("brace", "{"), "}": ("unbrace", "{"),
}  # fmt: skip

SIGNS: Final[dict[str, Meaning]] = {
    "<=>": ("relation", "iff"), "-->": ("relation", "arrow"), "==>": ("relation", "implies"),
    "...": ("dots", "..."), "//": ("floordiv", "//"), "**": ("script", "^"),
    ":=": ("relation", ":="), "+=": ("relation", "+="), "-=": ("relation", "-="),
    "==": ("relation", "="), "!=": ("compare", "!="), "<=": ("compare", "<="),
    ">=": ("compare", ">="), "=<": ("compare", "<="), "->": ("relation", "arrow"),
    "=>": ("relation", "implies"), "<-": ("relation", ":="), "..": ("range", ".."),
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

SUBSCRIPTS: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-aehijklmnoprstuvx", strict=True))
SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁱⁿˡᵏʰʷ", "0123456789+-inlkhw", strict=True))

FUNCTIONS: Final[dict[str, Meaning]] = {
    "floor": ("rounding", "floor"), "ceil": ("rounding", "ceil"), "int": ("rounding", "floor"),
    "ceiling": ("rounding", "ceil"), "max": ("big", "max"), "min": ("big", "min"),
    "sum": ("big", "sum"), "prod": ("big", "prod"), "argmax": ("big", "argmax"),
    "argmin": ("big", "argmin"), "mod": ("mod", "mod"), "maximum": ("big", "max"),
    "minimum": ("big", "min"), "Sum": ("big", "sum"), "Max": ("big", "max"),
}  # fmt: skip

_KEYS: dict[str, str] = {
    "for": "for all every each für pour para для で kde mit 对于 对",
    "if": "if when whenever falls wenn si если 如果 若 当 のとき 일때",
    "where": "where with s.t. s.t st such wobei où donde где 其中 此时 满足 需满足 需要满足 使得 ただし 단 here avec con mit c'est",
    "and": "and und et y и 且 和 및 かつ &",
    "or": "or oder ou или 或",
    "otherwise": "otherwise else sonst sinon иначе 否则 其他 其它 其他情况 其它情况 その他 그외 elsewhere",
    "then": "then also alors entonces dann 则 那么",
    "not": "not",
}
PLAIN_KEYS: Final = frozenset(
    "for if where with when whenever and or otherwise else iff then not such".split()
)
"""Those that a text without marks may hold; the others could be names there."""
EQUIVALENCES: Final = {
    "iff": "iff", "if and only if": "iff", "exactly when": "iff", "genau dann, wenn": "iff",
    "genau dann wenn": "iff", "si et seulement si": "iff", "si y solo si": "iff",
    "当且仅当": "iff", "implies": "implies", "hence": "implies", "therefore": "implies",
    "so": "implies", "also": "implies",
}  # fmt: skip
"""Words that stand for an arrow between two conditions."""
KEYS: Final = {word: key for key, words in _KEYS.items() for word in words.split()}
"""Words that join: the word to its sense."""
