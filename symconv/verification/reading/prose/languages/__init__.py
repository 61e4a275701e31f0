"""The words of English, Chinese, French, Spanish, German, Japanese, Korean and Russian prose.

language   what a language gives: its words for roles, its small words
english, chinese, french, spanish, german, japanese, korean, russian   one language each
"""

from __future__ import annotations

from typing import Final

from symconv.verification.reading.prose.languages.chinese import CHINESE
from symconv.verification.reading.prose.languages.english import ENGLISH
from symconv.verification.reading.prose.languages.french import FRENCH
from symconv.verification.reading.prose.languages.german import GERMAN
from symconv.verification.reading.prose.languages.japanese import JAPANESE
from symconv.verification.reading.prose.languages.korean import KOREAN
from symconv.verification.reading.prose.languages.language import Language
from symconv.verification.reading.prose.languages.russian import RUSSIAN
from symconv.verification.reading.prose.languages.spanish import SPANISH

LANGUAGES: Final = (ENGLISH, CHINESE, FRENCH, SPANISH, GERMAN, JAPANESE, KOREAN, RUSSIAN)

__all__ = ["LANGUAGES", "Language"]
