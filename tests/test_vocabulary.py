"""Meanings are given in words; a word that is not known is refused with the nearest that is."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.errors import OptionError
from symconv.verification.reading.article_options import article_options
from symconv.verification.reading.presets import PRESETS, preset
from symconv.verification.reading.roles import ROLES
from symconv.verification.reading.vocabulary import (
    english_phrases,
    known_phrases,
    letters_from,
    letters_of,
    normal,
    role_of,
)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_its_own_phrase(role):
    assert role_of(role) == role
    assert role_of(f"The {role.upper()}") == role


@pytest.mark.parametrize(
    ("phrase", "role"),
    [
        ("filter", "kernel"),
        ("weights", "kernel"),
        ("filter height", "kernel height"),
        ("height of the filter", "kernel height"),
        ("number of rows of the kernel", "kernel height"),
        ("feature map", "output"),
        ("upstream gradient", "grad_output"),
        ("learning signal", "grad_output"),
        ("gradient with respect to the input", "grad_input"),
        ("gradient of the loss with respect to the kernel", "grad_weight"),
        ("out channels", "output channels"),
        ("number of filters", "output channels"),
        ("vertical stride", "stride height"),
        ("left padding", "padding left"),
        ("dilation rate", "dilation"),
        ("jump", "receptive field stride"),
        ("步长", "stride"),
        ("taille du noyau", "kernel size"),
        ("Schrittweite", "stride"),
        ("カーネルの高さ", "kernel height"),
    ],
)
def test_synonyms(phrase, role):
    assert role_of(phrase) == role


def test_a_phrase_that_is_not_known_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match="letters: 'strde' is not known; did you mean 'stride'"):
        role_of("strde")
    with pytest.raises(OptionError, match="did you mean 'kernel height'"):
        role_of("kernel hieght")
    with pytest.raises(OptionError, match="'qqqq' is not known; known are input"):
        role_of("qqqq")


@pytest.mark.parametrize(
    ("code", "word"), [("x", "input"), ("dy", "grad_output"), ("t", "stride"), ("P", "padding")]
)
def test_letters_are_no_meanings(code, word):
    with pytest.raises(OptionError, match=f"{code!r} is not known; did you mean {word!r}"):
        letters_from(f"F={code}")


def test_the_form_of_letters():
    text = r"F=kernel, s = stride; \delta^{l}=grad_output, 'padding[0]'=padding, $b_f$=bias"
    assert letters_from(text) == {
        "F": "kernel",
        "s": "stride",
        r"\delta^{l}": "grad_output",
        "padding[0]": "padding",
        "b_f": "bias",
    }
    assert letters_from("H_{in},W_{in}=input size, x_{i,j}=input, w(f,g)=kernel") == {
        "H_{in}": "input size",
        "W_{in}": "input size",
        "x_{i,j}": "input",
        "w(f,g)": "kernel",
    }
    assert letters_of({"k_h,k_w": "kernel size"}) == {"k_h": "kernel size", "k_w": "kernel size"}
    assert letters_from("") == {}


@pytest.mark.parametrize(
    "text", ["kernel", "F=kernel, s", "F=", "F=kernel=input", "=kernel", "F=kernel, F=input"]
)
def test_what_is_no_list_of_letters_is_refused(text):
    with pytest.raises(OptionError):
        letters_from(text, "--letters")


@given(st.text(max_size=40))
def test_any_text_is_a_list_or_refused(text):
    with contextlib.suppress(OptionError):
        assert set(letters_from(text).values()) <= set(ROLES)


def test_the_english_phrases_are_written_in_their_normal_form():
    assert [phrase for phrase in english_phrases() if normal(phrase) != phrase] == []


def test_no_phrase_means_something_that_is_no_role():
    assert set(known_phrases().values()) <= set(ROLES)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_give_roles(name):
    assert set(preset(name).values()) <= set(ROLES)


def test_the_presets_say_what_their_texts_say():
    assert preset("goodfellow")["K"] == "kernel"
    assert preset("dumoulin")["i"] == "input size"
    assert preset("pytorch")["H_{in}"] == "input height"
    assert preset("cs231n")["F"] == "kernel size"
    assert preset("article")["t"] == "stride"
    with pytest.raises(OptionError, match="did you mean 'pytorch'"):
        preset("pytroch")


def test_an_article_gives_options_in_its_head_and_in_comments():
    head = {"title": "x", "letters": "L=loss", "index-base": "1", "assume": "s = 1"}
    comments = [" symconv: letters: K=kernel, L = loss", "symconv: true_convolution: yes", " no"]
    options = article_options(head, comments)
    assert options.letters == {"L": "loss", "K": "kernel"}
    assert (options.index_base, options.true_convolution, options.assume) == (1, True, "s = 1")
    several = article_options({}, ["\nsymconv:\n  letters: x=input\n  notation: cs231n\n"])
    assert (several.letters, several.notation) == ({"x": "input"}, "cs231n")
    assert article_options({}, []).index_base is None


@pytest.mark.parametrize(
    ("head", "comments", "says"),
    [
        ({"index_base": "2"}, [], "index_base in the head of the article must be 0 or 1, got '2'"),
        ({"true_convolution": "maybe"}, [], "must be true or false"),
        ({"letters": "L=los"}, [], "letters in the head of the article: 'los' is not known"),
        ({}, ["symconv: leters: L=loss"], "did you mean 'letters'"),
        ({}, ["symconv: hello"], "is no option"),
        ({"notation": "x"}, [], "notation must be one of"),
    ],
)
def test_a_wrong_option_of_an_article_is_refused(head, comments, says):
    with pytest.raises(OptionError, match=says):
        article_options(head, comments)
