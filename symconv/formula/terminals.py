"""The grammar's terminals in words, for a person who is told what could have stood there."""

from __future__ import annotations

from collections.abc import Collection

from symconv.formula.words import word_set

OPENING = word_set("LPAR LBRACK LSET LIDX LSUB LSUP LOF LARG LFLOOR LCEIL CASES MATRIX")
CLOSING = word_set("RPAR RBRACK RSET RIDX RSUB RSUP ROF RARG RFLOOR RCEIL ENDCASES ENDMATRIX")
RELATIONS = word_set("EQ NE LT LE GT GE DIVIDES NOTDIVIDES EQUIV NOTEQUIV IN PLUSEQ")
VALUE_STARTS = word_set(
    "NUMBER NAME DNAME CALL LPAR LBRACK LFLOOR LCEIL FLOOR CEIL MODCALL MAX MIN FRAC PARTIAL "
    "NABLA DIFF SUM PSUM CASES MATRIX"
)
VALUE_ENDS = word_set(
    "NUMBER NAME DNAME RPAR RBRACK RSET RIDX RSUB RSUP ROF RARG RFLOOR RCEIL ENDCASES ENDMATRIX"
)

_WORDS = {
    "RPAR": "a closing bracket",
    "RBRACK": "a closing bracket",
    "RSET": "a closing bracket",
    "RIDX": "a closing bracket",
    "RSUB": "the end of the subscript",
    "RSUP": "the end of the superscript",
    "RARG": "the end of the argument",
    "RFLOOR": "a closing bracket",
    "RCEIL": "a closing bracket",
    "ENDCASES": "the end of the cases",
    "ENDMATRIX": "the end of the matrix",
    "GUARD": "the condition of the case",
    "COMMA": "a comma",
    "COLON": "a colon",
    "SLASH": "/",
    "PARTIAL": "\\partial",
    "OTHERWISE": '"otherwise"',
    "PMOD": "\\pmod",
    "LPAR": "an opening bracket",
    "LSUB": "a subscript",
    "DOTDOT": "..",
    "ELSE": '"else"',
    "$END": "the end",
}


def in_words(terminals: Collection[str]) -> str:
    """Return what the terminals are, the commonest first.

    Example:
        >>> in_words({"NUMBER", "NAME", "LPAR", "MINUS"})
        'a value'
        >>> in_words({"COMMA", "RPAR"})
        'a closing bracket or a comma'
    """
    expected = set(terminals)
    words: list[str] = []
    if {"NAME", "NUMBER"} <= expected and "TIMES" not in expected:
        words.append("a value")
        expected -= VALUE_STARTS | {"MINUS", "PLUS", "LSET", "NOT"}
    if {"EQ", "LE"} <= expected:
        words.append("a relation like = or <=")
        expected -= RELATIONS
    if {"PLUS", "TIMES"} <= expected:
        words.append("an operator")
        expected -= VALUE_STARTS | {"LSET", "NOT"}
    words += [word for terminal, word in _WORDS.items() if terminal in expected]
    unique = list(dict.fromkeys(words)) or ["something else"]
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} or {unique[-1]}"
