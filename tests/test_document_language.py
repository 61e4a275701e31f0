"""The catalogues of the documents: complete, with the same places, and used."""

import re
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import symconv
from symconv import ConvSpec, OptionError, derive
from symconv.document.language import language, language_codes

PACKAGE = symconv.__path__[0]
KEYWORDS = {"message": None, "translate": None, "N_": None}
CODES = [code for code in language_codes() if code != "en"]


def messages():
    """Every English message of the documents and figures, as it stands in the source."""
    found = extract_from_dir(
        f"{PACKAGE}/document", method_map=[("**.py", "python")], keywords=KEYWORDS
    )
    return {text for _, _, text, _, _ in found if isinstance(text, str)}


def catalogue(code):
    with open(f"{PACKAGE}/document/locale/{code}.po", "rb") as stream:
        return {entry.id: entry.string for entry in read_po(stream) if entry.id}


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_messages_and_a_catalogue():
    assert len(messages()) > 150
    assert CODES == ["zh"]


@pytest.mark.parametrize("code", CODES)
def test_no_message_is_missing_and_none_is_left_over(code):
    assert set(catalogue(code)) == messages()


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_places_of_its_message(code):
    for english, translation in catalogue(code).items():
        assert translation, english
        assert places(translation) == places(english)
        assert translation.count("$") % 2 == 0


def test_a_chinese_document_holds_no_english_sentence():
    text = derive(ConvSpec(kernel_shape=(3, 2), stride=2, padding=1)).to_markdown(
        lang="zh", level="classroom"
    )
    prose = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]+\$|`[^`]+`", "", text, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z]{2,}", prose)) - {"symconv", "NumPy", "im", "col", "vec"}
    assert words == set()


def test_an_unknown_language_is_an_error():
    assert language("en").translate("and") == "and"
    with pytest.raises(OptionError, match=r"lang must be one of en, zh, got '\.\./zh'"):
        language("../zh")
