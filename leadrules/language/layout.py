"""Entries → lines: where lines break, what is aligned, and where each comment goes.

An entry is a statement or a row. A leaf fills lines; a block has a head, rows
and an end. A comment on a line of its own stays above what comes after it; one
at the end of a line stays at the end of the line of what it follows. A comment
in the middle of a statement moves above it, because the statement's own line
breaks are not kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadrules.record import record

WIDTH = 110
STEP = 2  # columns by which the rows of a block stand in
GOES_ON = 4  # columns by which the further lines of a long statement stand in

# The pieces of one clause, between which a line may break when the clause does not fit on a line of its own.
Clause = tuple[str, ...]


@record
class Leaf:
    """A statement or row that fills as many lines as it needs.

    `cells` come first; neighbours of the same `kind` align theirs, up to the widths in `ALIGNED`.
    """

    start: int
    end: int
    clauses: tuple[Clause, ...]
    cells: tuple[str, ...] = ()
    kind: str = ""


@record
class Block:
    """A head up to its `{`, rows, and what follows the `}`. Rows with commas between them may stand on one line."""

    start: int
    end: int
    head: tuple[Clause, ...]
    rows: tuple[Leaf | Block, ...]
    tail: tuple[Clause, ...] = ()
    commas: bool = False


Entry = Leaf | Block

# How wide a cell may be to make its neighbours as wide.
ALIGNED: dict[str, tuple[int, ...]] = {
    "field": (46, 12),
    "list": (36,),
    "let": (36,),
    "criterion": (30, 60),
    "row": (40,),
}


@dataclass
class Page:
    """Writes the entries of one file."""

    text: str
    comments: list[tuple[int, int]]
    braces: dict[int, int]  # of each `{` its `}`
    lines: list[str] = field(default_factory=list)
    next_comment: int = 0
    reached: int = 0  # up to where the text has been written

    def __post_init__(self) -> None:
        self.openings = sorted(self.braces)

    def write(self, entries: Sequence[Entry]) -> str:
        self.entries(entries, 0, len(self.text))
        return "".join(f"{line}\n" for line in self.lines)

    def entries(self, entries: Sequence[Entry], indent: int, end: int, commas: bool = False) -> None:
        """The entries of a block, or of the file, and the comments up to its end."""
        widths = self.aligned(entries)
        for position, entry in enumerate(entries):
            self.comments_until(entry.start, indent)
            comma = "," if commas and position + 1 < len(entries) else ""
            if isinstance(entry, Block):
                self.block(entry, indent, comma)
            else:
                self.comments_until(entry.end, indent, inside=entry.start)
                self.blank_line(entry.start)
                self.lines += filled(with_comma(entry.clauses, comma), indent, padded(entry.cells, widths[position]))
                self.reached = entry.end
            self.comment_beside()
        self.comments_until(end, indent)

    def block(self, block: Block, indent: int, comma: str) -> None:
        opening = self.openings[bisect_left(self.openings, block.start)]
        closing = self.braces[opening]
        commented = self.move_up(block, opening, closing, indent)
        self.blank_line(block.start)
        tail = with_comma(block.tail, comma)
        head, ending = (*block.head, ("{",)), (("}" + ("" if tail else comma),), *tail)
        one_line = (
            None if commented else self.on_one_line(block, indent, joined(head), joined(ending), opening, closing)
        )
        if one_line:
            self.lines.append(one_line)
        else:
            self.lines += filled(head, indent)
            self.reached = opening + 1
            self.comment_beside()
            self.entries(block.rows, indent + STEP, closing, block.commas)
            self.lines += filled(ending, indent)
        self.reached = block.end

    def on_one_line(self, block: Block, indent: int, head: str, ending: str, opening: int, closing: int) -> str | None:
        """The whole block on one line, if it stood on one and fits."""
        if block.rows and (not block.commas or "\n" in self.text[opening:closing]):
            return None
        rows = [joined(((row.cells), *row.clauses)) for row in block.rows if isinstance(row, Leaf)]
        line = joined(((head, ", ".join(rows), ending),))
        return " " * indent + line if len(line) + indent <= WIDTH else None

    # ---------------------------------------------------------------- comments

    def comments_until(self, end: int, indent: int, inside: int | None = None) -> None:
        """Comments before this place, on lines of their own."""
        while self.next_comment < len(self.comments) and self.comments[self.next_comment][0] < end:
            start, stop = self.comments[self.next_comment]
            self.blank_line(start if inside is None else inside)
            self.lines.append(" " * indent + self.text[start:stop].rstrip())
            self.next_comment += 1
            self.reached = stop if inside is None else inside

    def move_up(self, block: Block, opening: int, closing: int, indent: int) -> bool:
        """Put comments in the head and the tail of a block above it; whether there are any between its braces."""
        stays = []
        place = self.next_comment
        while place < len(self.comments) and self.comments[place][0] < block.end:
            start, stop = self.comments[place]
            if opening < start < closing:
                stays.append((start, stop))
            else:
                self.blank_line(block.start)
                self.lines.append(" " * indent + self.text[start:stop].rstrip())
                self.reached = block.start
            place += 1
        # Those that stay come last, so that the ones written above are behind the next.
        self.next_comment = place - len(stays)
        self.comments[self.next_comment : place] = stays
        return bool(stays)

    def comment_beside(self) -> None:
        """The comment after what was written last, if it is on the same line."""
        if self.next_comment < len(self.comments):
            start, stop = self.comments[self.next_comment]
            if not self.text[self.reached : start].strip(" \t,"):
                self.lines[-1] += "  " + self.text[start:stop].rstrip()
                self.next_comment += 1
                self.reached = stop

    def blank_line(self, start: int) -> None:
        """Keep one blank line if there was any between what was written last and this place."""
        if has_blank_line(self.text[self.reached : start]) and self.lines and not self.lines[-1].endswith("{"):
            self.lines.append("")

    # --------------------------------------------------------------- alignment

    def aligned(self, entries: Sequence[Entry]) -> list[tuple[int, ...]]:
        """For every entry the widths of its cells."""
        widths: list[tuple[int, ...]] = []
        for group in self.neighbours(entries):
            kind = group[0].kind if isinstance(group[0], Leaf) else ""
            rows = [entry.cells for entry in group if isinstance(entry, Leaf)]
            limits = ALIGNED.get(kind, ())
            one = tuple(
                max(
                    (len(cells[column]) for cells in rows if column < len(cells) and len(cells[column]) <= limit),
                    default=0,
                )
                for column, limit in enumerate(limits)
            )
            if len(group) == 1:
                one = ()
            widths += [one] * len(group)
        return widths

    def neighbours(self, entries: Sequence[Entry]) -> Iterator[list[Entry]]:
        """Entries of one kind with no blank line between them."""
        group: list[Entry] = []
        for entry in entries:
            kind = entry.kind if isinstance(entry, Leaf) else ""
            apart = group and has_blank_line(self.text[group[-1].end : entry.start])
            if group and (apart or not kind or not isinstance(group[-1], Leaf) or group[-1].kind != kind):
                yield group
                group = []
            group.append(entry)
        if group:
            yield group


def has_blank_line(gap: str) -> bool:
    """Whether any line that begins and ends in this piece of the text is blank."""
    return any(not line.strip() for line in gap.splitlines(keepends=True)[1:] if line[-1] in "\r\n")


def joined(clauses: Sequence[Clause]) -> str:
    """All the pieces on one line."""
    return " ".join(piece for clause in clauses for piece in clause if piece)


def with_comma(clauses: tuple[Clause, ...], comma: str) -> tuple[Clause, ...]:
    """The clauses with a comma at their end."""
    if not comma or not clauses:
        return clauses
    *before, last = clauses
    return (*before, (*last[:-1], last[-1] + comma))


def padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The cells, as wide as their neighbours' ones."""
    return " ".join(
        cell.ljust(widths[column] if column < len(widths) else 0)
        for column, cell in enumerate(cells)
        if cell or (column < len(widths) and widths[column])
    )


def filled(clauses: Sequence[Clause], indent: int, first: str = "") -> list[str]:
    """Lines of at most `WIDTH` columns: a clause that fits on a line is not broken."""
    lines: list[str] = []
    line = " " * indent + first
    empty = not first
    further = " " * (indent + GOES_ON)

    def put(piece: str) -> bool:
        nonlocal line, empty
        longer = line + ("" if empty else " ") + piece
        if len(longer) > WIDTH and not empty:
            return False
        line, empty = longer, False
        return True

    def turn() -> None:
        nonlocal line, empty
        lines.append(line.rstrip())
        line, empty = further, True

    for clause in clauses:
        whole = " ".join(clause)
        if put(whole):
            if len(line) <= WIDTH or len(clause) == 1:
                continue
            line = (
                line[: len(line) - len(whole)].rstrip(" ") if line.strip() != whole else line[: len(line) - len(whole)]
            )
            empty = not line.strip()
        elif len(further) + len(whole) <= WIDTH:
            turn()
            put(whole)
            continue
        for piece in clause:
            if not put(piece):
                turn()
                put(piece)
    lines.append(line.rstrip())
    return lines
