"""A file → the same file in `fmt`'s one layout, with its comments.

Printing changes neither the tree nor the comments, and printing what was
printed changes nothing. Statements keep their order and their paragraphs; a
table that stood on one line stays there if it fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from leadrules.language import phrases, tree
from leadrules.language.layout import WIDTH, Block, Clause, Entry, Leaf, Page
from leadrules.language.parser import parse
from leadrules.language.phrases import print_expression, print_reason
from leadrules.language.source import Source
from leadrules.language.words import words_of

__all__ = ["format_source", "print_expression", "print_reason"]


def format_source(source: Source) -> str | None:
    """The text in the one layout; None where it has errors, because what a faulty statement means is not known."""
    file, problems = parse(source)
    if any(problem.severity == "error" for problem in problems):
        return None
    comments: list[tuple[int, int]] = []
    braces: dict[int, int] = {}
    open_braces: list[int] = []
    for word in words_of(source, comments):
        if word.kind == "{":
            open_braces.append(word.start)
        elif word.kind == "}":
            braces[open_braces.pop()] = word.start
    written = Page(source.text, comments, braces).write([_entry(one) for one in file.statements])
    return written.replace("\n", "\r\n") if "\r\n" in source.text else written


def _entry(node: Any) -> Entry:
    return _ENTRIES[type(node)](node)


def _leaf(node: tree.Node, *clauses: Clause, cells: tuple[str, ...] = (), kind: str = "") -> Leaf:
    return Leaf(node.span.start, node.span.end, tuple(clause for clause in clauses if clause), cells, kind)


def _block(
    node: tree.Node, head: Iterable[Clause], rows: Iterable[Entry], tail: Iterable[Clause] = (), commas: bool = False
) -> Block:
    return Block(
        node.span.start, node.span.end, tuple(clause for clause in head if clause), tuple(rows), tuple(tail), commas
    )


# --------------------------------------------------------------------- clauses


def _after(word: str, pieces: Sequence[str]) -> Clause:
    """A clause that begins with a word: `when a`, `and b`."""
    return (f"{word} {pieces[0]}", *pieces[1:])


def _clause(word: str, node: Any) -> Clause:
    """`unless COND`, or nothing where there is no condition."""
    return _after(word, _pieces(node)) if node is not None else ()


def _text_clause(word: str, node: tree.Text | None) -> Clause:
    return (f"{word} {phrases.text(node)}",) if node is not None else ()


def _commas(items: Iterable[str]) -> tuple[str, ...]:
    *before, last = items
    return (*(f"{item}," for item in before), last)


def _pieces(node: Any) -> tuple[str, ...]:
    """A condition cut where a long one may break: before `and` and `or`, after commas in brackets."""
    whole = print_expression(node)
    if len(whole) < WIDTH // 3:
        return (whole,)
    if isinstance(node, tree.And | tree.Or):
        word, tightness = ("and", phrases.NOT) if isinstance(node, tree.And) else ("or", phrases.AND)
        pieces: list[str] = []
        for part in node.parts:
            bare = phrases.inside(part, tightness) == print_expression(part)
            own = _pieces(part) if bare else (phrases.inside(part, tightness),)
            pieces += _after(word, own) if pieces else own
        return tuple(pieces)
    items = None
    if isinstance(node, tree.Quantified):
        items = [print_expression(part) for part in node.parts]
    elif isinstance(node, tree.In) and isinstance(node.choices, tree.Values):
        items = [phrases.literal(item) for item in node.choices.items]
    elif isinstance(node, tree.TextTest | tree.At) and isinstance(node.argument, tree.Values):
        items = [phrases.literal(item) for item in node.argument.items]
    if items is None or len(items) < 2:
        return (whole,)
    listed = ", ".join(items)
    start = whole[: len(whole) - len(listed) - 1]
    cut = _commas(items)
    return (start + cut[0], *cut[1:-1], cut[-1] + ")")


def _limits(limits: tree.Limits | None) -> Clause:
    if limits is None:
        return ()
    low, high = limits.low, limits.high
    if low is not None and high is not None:
        return (f"from {phrases.number(low)} to {phrases.number(high)}",)
    if low is not None:
        return (f"at least {phrases.number(low)}",)
    return (f"at most {phrases.number(high)}",) if high is not None else ()


# ------------------------------------------------------------------ statements


def _header(node: tree.Header) -> Leaf:
    return _leaf(node, (f"ruleset {phrases.text(node.title)}",), _text_clause("version", node.version))


def _field(node: tree.Field) -> Leaf:
    options: list[Clause] = []
    if node.headers:
        options.append(_after("from", _commas(phrases.text(one) for one in node.headers)))
    if node.key:
        options.append(("key",))
    if node.also_missing:
        options.append(_after("also missing", _commas(phrases.text(one) for one in node.also_missing)))
    if node.bad_as_missing:
        options.append(("bad as missing",))
    if node.optional:
        options.append(("optional",))
    if node.default is not None:
        options.append((f"default {phrases.literal(node.default)}",))
    if node.between is not None:
        low, high = node.between
        options.append((f"between {phrases.literal(low)} and {phrases.literal(high)}",))
    if node.format is not None:
        options.append((f"format {phrases.text(node.format)}",))
    kind = node.type
    name = f"field {phrases.name(node.name)}"
    if kind.choices:
        options.insert(0, _after(": one of", _commas(phrases.text(one) for one in kind.choices)))
        return _leaf(node, *options, cells=(name,), kind="field")
    split = f" split on {phrases.text(kind.split)}" if kind.split else ""
    return _leaf(node, *options, cells=(name, f": {kind.kind}{split}"), kind="field")


def _list(node: tree.List) -> Leaf:
    name = f"list {phrases.name(node.name)}"
    if node.file is not None:
        return _leaf(node, (f"{name} from {phrases.text(node.file)}",))
    items = _after(node.action, _commas(phrases.literal(item) for item in node.items))
    if node.action == "=":
        return _leaf(node, items, cells=(name,), kind="list")
    return _leaf(node, _after(name, items))


def _let(node: tree.Let) -> Leaf:
    return _leaf(node, _clause("=", node.value), cells=(f"let {phrases.name(node.name)}",), kind="let")


def _verdict(node: tree.Disqualify | tree.Exclude) -> Leaf:
    word = "disqualify" if isinstance(node, tree.Disqualify) else "exclude"
    condition = _clause(f"{word} if", node.condition)
    return _leaf(node, condition, _clause("unless", node.unless), _text_clause("because", node.because))


def _rule(node: tree.Rule) -> Entry:
    points = node.points
    head: Clause = (f"rule {phrases.name(node.name)}:",) if node.name is not None else ()
    tail: list[Clause] = []
    if node.fading is not None:
        tail.append((_fading(node.fading),))
    if node.at_most is not None:
        tail.append((f"at most {phrases.number(node.at_most)}",))
    for word, day in (("from", node.valid_from), ("until", node.valid_until)):
        tail += [(f"{word} {day.value.isoformat()}",)] if day is not None else []
    tail += [_text_clause("because", node.because)] if node.because is not None else []
    if isinstance(points, tree.Add):
        amount = (phrases.amount(points),)
        return _leaf(node, head, _clause("when", points.condition), _clause("unless", points.unless), amount, *tail)
    if isinstance(points, tree.PointsBy):
        opening = (f"points by {phrases.inside(points.operand, phrases.SUM)}",)
        return _block(node, (head, opening), map(_band_row, points.rows), tail, commas=True)
    opening = ("points first" + (f" {phrases.text(points.title)}" if points.title else ""),)
    return _block(node, (head, opening), map(_points_row, points.rows), tail, commas=True)


def _fading(node: tree.Fading) -> str:
    words = {"to zero": "to zero over", "by half": "by half every"}.get(node.kind)
    if words is None and node.percent is not None:
        words = f"{phrases.number(node.percent)}% every"
    return f"fading {words} {phrases.unit(node.amount, node.unit)} since {phrases.name(node.since)}"


def _band_row(node: tree.BandRow) -> Leaf:
    pieces = _commas(phrases.band(band) for band in node.bands)
    return _leaf(node, (*pieces[:-1], f"{pieces[-1]}: {phrases.number(node.points)}"))


def _points_row(node: tree.PointsRow) -> Leaf:
    pieces = _pieces(node.condition) if node.condition is not None else ("otherwise",)
    return _leaf(node, (*pieces[:-1], f"{pieces[-1]}: {phrases.number(node.points)}"))


def _group(node: tree.Group) -> Block:
    return _block(node, ((f"group {phrases.text(node.title)}",), _limits(node.limits)), map(_entry, node.rules))


def _score(node: tree.Score) -> Block:
    weight: Clause = (f"weight {phrases.number(node.weight)}%",) if node.weight is not None else ()
    head = ((f"score {phrases.name(node.name)}",), _limits(node.limits), weight)
    return _block(node, head, map(_entry, node.body))


def _stage(node: tree.Stage) -> Entry:
    on: Clause = (f"on {phrases.name(node.on)}",) if node.on is not None else ()
    after: Clause = ("after " + " or ".join(phrases.title(one) for one in node.after),) if node.after else ()
    rest = tuple(
        clause
        for clause in (
            on,
            after,
            _clause("if", node.condition),
            _clause("unless", node.unless),
            _clause("always if", node.always),
        )
        if clause
    )
    name = (f"stage {phrases.title(node.name)}",)
    if isinstance(node.threshold, tuple):
        return _block(node, (name, ("at",)), map(_threshold_row, node.threshold), rest, commas=True)
    at: Clause = (f"at {phrases.number(node.threshold)}",) if node.threshold is not None else ()
    return _leaf(node, name, at, *rest)


def _threshold_row(node: tree.ThresholdRow) -> Leaf:
    points = phrases.number(node.points)
    if node.condition is None:
        return _leaf(node, (f"otherwise {points}",), kind="row")
    return _leaf(node, _clause("when", node.condition), cells=(points,), kind="row")


def _framework(node: tree.Framework) -> Block:
    return _block(node, ((f"framework {phrases.name(node.name)}",),), map(_criterion, node.criteria))


def _criterion(node: tree.Criterion) -> Leaf:
    asks = f"asks {phrases.text(node.question)}" if node.question is not None else ""
    return _leaf(node, _clause("when", node.condition), cells=(phrases.name(node.name), asks), kind="criterion")


def _label(node: tree.Label) -> Entry:
    name = f"label {phrases.name(node.name)}"
    value = node.value
    if isinstance(value, tree.LabelRows):
        return _block(node, ((name,),), map(_label_row, value.rows), commas=True)
    if isinstance(value, tree.LabelJoin):
        parts = [phrases.title(part) for part in value.parts]
        return _leaf(node, (f"{name} = {parts[0]}", *(f"& {part}" for part in parts[1:])))
    table = f"by {phrases.name(value.field)} from {phrases.text(value.file)}"
    return _leaf(node, (name,), (table,), _text_clause("otherwise", value.otherwise))


def _label_row(node: tree.LabelRow) -> Leaf:
    value = phrases.title(node.value)
    if node.condition is None:
        return _leaf(node, (f"otherwise {value}",), kind="row")
    return _leaf(node, _clause("when", node.condition), cells=(value,), kind="row")


def _example(node: tree.Example) -> Block:
    as_of: Clause = (f"as of {node.as_of.value.isoformat()}",) if node.as_of is not None else ()
    given = [(one, f"{phrases.name(one.field)} = {phrases.given(one.value)}") for one in node.given]
    expected = [(one, _expectation(one)) for one in node.expected]
    rows = [_row_of(row, " ") for row in _by_line(given, 2)] + [_row_of(row, ",") for row in _by_line(expected, 9)]
    return _block(node, ((f"example {phrases.text(node.title)}",), as_of), rows)


def _by_line(parts: Iterable[tuple[Any, str]], used: int) -> list[list[tuple[Any, str]]]:
    """What stood on one line of the user's together, as far as it fits."""
    rows: list[list[tuple[Any, str]]] = []
    line, width = 0, 0
    for node, written in parts:
        start = node.span.source.place(node.span.start)[0]
        if rows and start == line and width + len(written) + 2 <= WIDTH:
            rows[-1].append((node, written))
        else:
            rows.append([(node, written)])
            width = used
        line, width = start, width + len(written) + 2
    return rows


def _row_of(row: list[tuple[Any, str]], mark: str) -> Leaf:
    words = [written for _, written in row]
    clause: Clause = ("  ".join(words),) if mark == " " else (f"expect {', '.join(words)}",)
    return Leaf(row[0][0].span.start, row[-1][0].span.end, (clause,))


def _expectation(node: Any) -> str:
    negation = "not " if getattr(node, "negated", False) else ""
    if isinstance(node, tree.Excluded):
        return f"{negation}excluded"
    if isinstance(node, tree.Fires):
        return f"{negation}fires {phrases.title(node.rule)}"
    return print_expression(node)


_ENTRIES: dict[type, Any] = {
    tree.Header: _header,
    tree.Include: lambda node: _leaf(node, (f"include {phrases.text(node.path)}",)),
    tree.MissingValues: lambda node: _leaf(node, _after("missing values", _commas(map(phrases.text, node.spellings)))),
    tree.Field: _field,
    tree.List: _list,
    tree.Let: _let,
    tree.Disqualify: _verdict,
    tree.Exclude: _verdict,
    tree.Rule: _rule,
    tree.Group: _group,
    tree.Score: _score,
    tree.Total: lambda node: _leaf(node, ("total",), _limits(node.limits)),
    tree.Stage: _stage,
    tree.Framework: _framework,
    tree.Label: _label,
    tree.Example: _example,
}
