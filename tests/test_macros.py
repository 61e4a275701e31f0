"""Macros are expanded within bounds, and files are read inside the folder of the article only."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.formula.inputs import with_inputs
from symconv.formula.macros import expand, macros_of


@pytest.mark.parametrize(
    ("definitions", "text", "expanded"),
    [
        (r"\newcommand{\K}{\mathbf{K}}", r"\K_{ij}", r"\mathbf{K}_{ij}"),
        (r"\newcommand\K{k}", r"\K x", "k x"),
        (r"\renewcommand*{\T}[1]{#1^\top}", r"\T{W} \T x", r"W^\top x^\top"),
        (r"\newcommand{\pd}[2][L]{\frac{\partial #1}{\partial #2}}", r"\pd{w} \pd[y]{x}",
         r"\frac{\partial L}{\partial w} \frac{\partial y}{\partial x}"),
        (r"\def\sum@x#1#2{\sum_{#1}^{#2}}", r"\sum@x{i}{n} a", r"\sum_{i}^{n} a"),
        (r"\let\eps\varepsilon \let\l=<", r"\eps\l 1", r"\varepsilon< 1"),
        (r"\DeclareMathOperator{\rot}{rot}", r"\rot(W)", r"\operatorname{rot}(W)"),
        (r"\DeclareMathOperator*{\am}{arg\,max}", r"\am_i", r"\operatorname*{arg\,max}_i"),
        (r"\DeclarePairedDelimiter{\fl}{\lfloor}{\rfloor}", r"\fl{x}",
         r"\left\lfloor x \right\rfloor"),
        (r"\newcommand{\a}{\b} \newcommand{\b}{c}", r"\a", "c"),
        (r"\newcommand{\a}{\alpha}", r"\a b", r"\alpha b"),
        (r"\newcommand{\a}{\alpha}", r"\a{}b", r"\alpha{}b"),
        (r"% \newcommand{\a}{b}", r"\a", r"\a"),
        ("", r"\unknown{x}", r"\unknown{x}"),
        (r"\providecommand{\a}{b}\providecommand{\a}{c}", r"\a", "b"),
    ],
)  # fmt: skip
def test_macros(definitions, text, expanded):
    assert macros_of(definitions).expand(text)[0] == expanded


def test_definitions_are_cut_out_and_the_definition_before_counts():
    text = r"\newcommand{\a}{1} \a \renewcommand{\a}{2} \a"
    found = macros_of(text)
    assert found.expand(r"\a", at=text.index(r" \a "))[0] == "1"
    assert found.expand(r"\a", at=len(text))[0] == "2"
    assert macros_of("").expand(r"\def\b{3} \b")[0].strip() == "3"
    assert expand(r"\newcommand{\K}{k}$$ y = \K $$")[0] == "$$ y = k $$"


def test_macros_that_contain_themselves_are_left_alone():
    expanded, notes = expand(r"\def\a{x\a}\def\b{\c}\def\c{\b} \a \b")
    assert expanded.strip() == r"x\a \b"
    assert any("contains itself" in note for note in notes)


def test_growth_and_depth_are_bounded():
    names = "abcdefghijklmnopqrstuvwxyz"
    laughs = "".join(
        rf"\def\{names[i]}{{\{names[i + 1]}\{names[i + 1]}\{names[i + 1]}}}" for i in range(25)
    )
    expanded, notes = expand(laughs + r"\def\z{lol} \a")
    assert len(expanded) < 10_000_000
    assert any("grow" in note for note in notes)
    deep = "".join(rf"\def\{'a' * i}{{\{'a' * (i + 1)}}}" for i in range(1, 60))
    assert any("deep" in note for note in expand(rf"{deep} \a")[1])


def test_what_is_not_followed_is_told_with_its_line():
    _, notes = expand("a\n\\def\\x[#1]{#1}")
    assert notes == ("line 2: \\def of a kind that is not followed",)


@given(st.text(alphabet="\\def{}[]#12ab newcomad\n%", max_size=80))
def test_any_text_expands(text):
    expand(text)


def test_files_are_put_in_and_places_are_those_of_the_files(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "macros.tex").write_text("\\newcommand{\\K}{k}\n", encoding="utf-8")
    (tmp_path / "parts" / "one.tex").write_text("first\n$$ a = b $$\n", encoding="utf-8")
    text = "\\input{macros}\nhello\n\\include{parts/one.tex}\nend\n% \\input{missing}\n"
    flat = with_inputs(text, tmp_path)
    assert (
        flat.text
        == "\\newcommand{\\K}{k}\n\nhello\nfirst\n$$ a = b $$\n\nend\n% \\input{missing}\n"
    )
    assert flat.place(flat.text.index("hello")) == ("", 2, 1)
    assert flat.place(flat.text.index("a = b")) == ("parts/one.tex", 2, 4)
    assert flat.place(flat.text.index("end")) == ("", 4, 1)
    assert flat.notes == ()
    assert expand("\\input{macros} \\K", folder=tmp_path)[0].split() == ["k"]


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/../../secret", "link", "C:x", "no"]
)
def test_nothing_outside_of_the_folder_is_read(tmp_path, name):
    folder = tmp_path / "article"
    folder.mkdir()
    (tmp_path / "secret.tex").write_text("secret", encoding="utf-8")
    os.symlink(tmp_path / "secret.tex", folder / "link.tex")
    flat = with_inputs(f"\\input{{{name}}}", folder)
    assert flat.text == f"\\input{{{name}}}"
    assert "not followed" in flat.notes[0]


def test_cycles_and_too_many_files_end(tmp_path, monkeypatch):
    (tmp_path / "a.tex").write_text("A\\input{b}", encoding="utf-8")
    (tmp_path / "b.tex").write_text("B\\input{a}", encoding="utf-8")
    flat = with_inputs("\\input{a}", tmp_path)
    assert flat.text == "AB\\input{a}"
    assert "reads itself" in flat.notes[0]
    monkeypatch.setattr("symconv.formula.inputs.MAX_FILES", 1)
    assert "too much" in with_inputs("\\input{a}", tmp_path).notes[0]
    (tmp_path / "c.tex").write_bytes(b"\xff\xfe\xfa")
    assert "UTF-8" in with_inputs("\\input{c}", tmp_path).notes[0]
