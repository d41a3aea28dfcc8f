"""What the language means by text: the one home of folding, trimming and words.

The same text must mean the same thing one lead at a time (Python) and over
columns (Polars), whose Unicode tables are of different age. Lower-casing is
that of Unicode 17 as Polars does it, with one change: a final sigma is a sigma,
so that the lower-casing of a text does not depend on what follows it.
"""

from __future__ import annotations

import unicodedata

# Unicode's White_Space, and the byte-order mark that exports leave in cells. (Python's own strip also takes U+001C to U+001F.)
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

def normal(text: str) -> str:
    """NFC, the form in which texts are compared and written."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def trim(text: str) -> str:
    """Without the blanks around it."""
    return text.strip(BLANKS)


def fold(text: str) -> str:
    """The form in which texts are compared ignoring case: NFC, lower-cased. `ß` stays `ß`."""
    if text.isascii():
        return text.lower()
    lower = unicodedata.normalize("NFC", text).translate(_newer_cases()).lower().replace("ς", "σ")
    return unicodedata.normalize("NFC", lower)
