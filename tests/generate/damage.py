"""Texts of rules made worse: comments and white space that must change nothing, and damage that must be reported."""

from __future__ import annotations

import re

from generate.draw import Draw

TOKEN = re.compile(r'"(?:[^"\\\n]|\\["\\])*"|`[^`\n]+`|/(?:[^/\\\n]|\\.)+/i?|#[^\n]*|[\w.]+|[^\w\s]')
STRAY = (
    "}", "{", "(", ")", '"', "`", "/", "when", "add", "is", "not", "and", "or", ":", ",", "=", "points", "rule",
    "score", "stage", "label", "field", "otherwise",
    "if", "at", "1e5", "-", "5", "007", "1,200", "2026-02-30", "When", "in", "any", "of", "from", "total", "#", "\x00",
    "é", "\ud800", "🙂", "%", "since", "per",
    "999999999999999999999999", "include", '"x.rules"', "disqualified", "holds", "9.999", "/(/", '"\\q"', "fading",
    "example", "event", "_", "\ufeff", "&",
)  # fmt: skip


def commented(draw: Draw, text: str) -> str:
    """With comments after some lines and on lines of their own, blank lines and tabs."""
    lines = []
    for line in text.split("\n"):
        if draw.chance(10):
            lines.append(draw.pick(("# a note", "", "#", '  # ünïcode "quotes" { when', "\t")))
        lines.append(line + draw.pick(("  # why", " #", "\t")) if draw.chance(10) else line)
    return "\n".join(lines)


def spread(draw: Draw, text: str) -> str:
    """With some of the blanks between words made into line ends and comments."""
    pieces: list[str] = []
    place = 0
    for token in TOKEN.finditer(text):
        gap = text[place : token.start()]
        if gap and not (pieces and pieces[-1].startswith("#")) and draw.chance(8):
            gap = draw.pick(("\n", "  ", " # between\n", "\r\n\t", "\n\n# alone\n"))
        pieces += [gap, token.group()]
        place = token.end()
    return "".join(pieces) + text[place:]


def damaged(draw: Draw, text: str) -> str:
    """With one to three words deleted, doubled, swapped or replaced, or cut off in the middle."""
    for _ in range(draw.between(1, 3)):
        words = list(TOKEN.finditer(text))
        if not words:
            return text + draw.pick(STRAY)
        word, other = draw.pick(words), draw.pick(words)
        start, end = word.span()
        form = draw.pick(("delete", "double", "stray", "replace", "other", "cut", "glue", "split"))
        middle = {
            "delete": "", "double": f"{word.group()} {word.group()}", "stray": f"{draw.pick(STRAY)} {word.group()}",
            "replace": draw.pick(STRAY),
            "other": other.group(), "cut": word.group()[: len(word.group()) // 2], "glue": word.group(),
            "split": " ".join(word.group()),
        }[form]  # fmt: skip
        text = text[:start].rstrip(" " if form == "glue" else "") + middle + text[end:]
        if draw.chance(5):
            text = text[: draw.between(0, len(text))]
    return text
