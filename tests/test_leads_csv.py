"""csv in and out: every cell as it came, at any chunk size."""

from __future__ import annotations

import csv
import gzip
import io
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules.leads import LeadsError, csv_reader, open_leads, open_output, open_rejects
from leadrules.leads.csv_reader import is_utf8
from leadrules.leads.csv_writer import whole_records

DATA = Path(os.environ.get("LEADRULES_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
REAL = sorted(DATA.glob("*/*.csv")) if DATA.is_dir() else []


def read(data: bytes, chunk: int | None = None, **options):
    """The headers, all cells by row, and the broken records of a csv file."""
    source = open_leads(io.BytesIO(data), **options)
    rows, broken, numbers = [], [], []
    for block in source.blocks(chunk_bytes=chunk):
        frame = block.columns(range(len(source.headers)))
        assert len(frame) == block.rows == len(block.numbers)
        rows += [list(row) for row in frame.iter_rows()]
        broken += block.broken
        numbers += block.numbers.tolist()
    return source, rows, broken, numbers


def score(data: bytes, chunk: int | None = None, keep=None, columns=None, **options) -> bytes:
    """The file written again with the lead's number as `n` and a text `note` added."""
    source = open_leads(io.BytesIO(data), **options)
    out = io.BytesIO()
    with open_output(out, source, [("n", pl.Float64), ("note", pl.String)], columns=columns) as writer:
        for block in source.blocks(chunk_bytes=chunk):
            added = pl.DataFrame(
                {
                    "n": pl.Series(block.numbers).cast(pl.Float64),
                    "note": ["a;b" if n % 2 else None for n in block.numbers.tolist()],
                }
            )
            kept = np.array([keep is None or n in keep for n in block.numbers.tolist()], bool)
            writer.write(block, kept, added)
        writer.commit()
    return out.getvalue()


CELLS = st.text(st.sampled_from("ab\"\n\r,;\t| 'xé漢\ufeff"), max_size=5)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=0, max_size=12))
    return [[f"h{i}" for i in range(width)], *rows]


@settings(max_examples=400, deadline=None)
@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    final=st.booleans(),
    chunk=st.integers(1, 60),
)
def test_any_table_reads_back_and_keeps_its_bytes(table, delimiter, quoting, line_end, mark, final, chunk):
    if line_end == "\n":  # Python leaves a lone CR unquoted there, and then nobody can tell it from a line end's
        table = [[cell.replace("\r", "") for cell in row] for row in table]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(table)
    written = text.getvalue()
    if not final and len(table) > 1 and not written.endswith(delimiter + line_end):
        written = written.removesuffix(line_end)
    data = ("\ufeff" if mark else "").encode() + written.encode()
    source, rows, broken, numbers = read(data, chunk, delimiter=delimiter)
    assert (source.headers, rows, broken) == (table[0], table[1:], [])
    assert numbers == list(range(1, len(table)))

    out = score(data, chunk, delimiter=delimiter)
    records = [io.StringIO() for _ in table]
    for record, row in zip(records, table, strict=True):
        csv.writer(record, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerow(row)
    note = '"a;b"' if delimiter == ";" else "a;b"
    expected = (
        ("\ufeff" if mark else "")
        + records[0].getvalue().removesuffix(line_end)
        + f"{delimiter}n{delimiter}note"
        + line_end
    )
    for number, record in enumerate(records[1:], 1):
        expected += (
            record.getvalue().removesuffix(line_end)
            + f"{delimiter}{number}{delimiter}{note if number % 2 else ''}"
            + line_end
        )
    assert out == expected.encode()


@settings(max_examples=300, deadline=None)
@given(data=st.text(st.sampled_from('ab"\n\r, '), max_size=60), chunk=st.integers(1, 40))
def test_any_text_is_read_alike_at_any_chunk_size(data, chunk):
    def outcome(size):
        try:
            source, rows, broken, numbers = read(b"h,i\n" + data.encode(), size)
        except LeadsError as error:
            return error.message
        return rows, broken, numbers, source.blank_lines

    assert outcome(chunk) == outcome(None)


@settings(max_examples=200, deadline=None)
@given(data=st.text(st.sampled_from('xa"\n\r,\ufeff\x01'), max_size=40), header=st.sampled_from([b"h,i\n", b"h\r\n"]))
def test_records_copied_by_columns_are_the_records_themselves(data, header):
    with suppress(LeadsError):
        for block in open_leads(io.BytesIO(header + data.encode())).blocks():
            spans = zip(block.starts.tolist(), block.text_ends.tolist(), strict=True)
            records = whole_records(block)
            assert records is None or records.to_list() == [block.data[a:b].decode() for a, b in spans]


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_leads_rejects_or_a_plain_error(data):
    with suppress(LeadsError):
        _source, rows, broken, numbers = read(b"," + data)
        assert sorted(numbers + [one.row for one in broken]) == list(range(1, len(rows) + len(broken) + 1))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_files_have_the_cells_that_python_reads(path):
    data = path.read_bytes()
    expected = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    source, rows, broken, _ = read(data, 10_007)
    assert (source.headers, rows, broken) == (expected[0], expected[1:], [])
    assert (
        score(data, 10_007).replace(b"\r\n", b"\n").split(b"\n")[0]
        == data.replace(b"\r\n", b"\n").split(b"\n")[0] + b",n,note"
    )


@pytest.mark.parametrize(
    ("text", "delimiter", "headers"),
    [
        ("a,b\n1,2\n", ",", ["a", "b"]),
        ("a;b;c\n1,5;2;3\n", ";", ["a", "b", "c"]),
        ("a\tb\n1\t2\n", "\t", ["a", "b"]),
        ("a|b\n1|2\n", "|", ["a", "b"]),
        ('"Name, first";Age\n"Kovář, Anna";3\n', ";", ["Name, first", "Age"]),
        ("Email\na@b.example\n", ",", ["Email"]),
        ("Notes; more,b\nx,2\ny,3\n", ",", ["Notes; more", "b"]),
        ("sep=|\na,b|c\n1|2\n", "|", ["a,b", "c"]),
        ("a,b,\n1,2,\n", ",", ["a", "b", ""]),
        ("\n\na,b\n1,2\n", ",", ["a", "b"]),
        ("a,b", ",", ["a", "b"]),
        ("a,b\r1,2\r", ",", ["a", "b"]),
    ],
)
def test_the_delimiter_is_found(text, delimiter, headers):
    source, rows, broken, _ = read(text.encode())
    assert (source.delimiter, source.headers, broken) == (delimiter, headers, [])
    assert len(rows) == (
        0
        if text == "a,b"
        else sum(1 for line in text.replace("\r", "\n").split("\n") if line) - 1 - text.startswith("sep=")
    )


def test_ragged_records_are_broken_and_keep_their_number():
    source, rows, broken, numbers = read(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n\n  \n1,2,3\n")
    assert rows == [["1", "2", "3"]] * 2
    assert numbers == [1, 4]
    assert source.blank_lines == 2
    assert [(one.row, one.reason, one.raw) for one in broken] == [
        (2, "2 cells where the header has 3 (line 3)", "4,5"),
        (3, "4 cells where the header has 3 (line 4)", "6,7,8,9"),
    ]


def test_a_quote_inside_a_plain_cell_is_text():
    _, rows, broken, _ = read(b'a,b\n5" pipe,"x ""y"" z"\n"q"  ,r"s"\n')
    assert rows == [['5" pipe', 'x "y" z'], ["q  ", 'r"s"']]
    assert broken == []
    assert score(b'a,b\n5" pipe,"x"\n') == b'a,b,n,note\n5" pipe,"x",1,a;b\n'


def test_text_after_a_closing_quote_breaks_its_line_and_no_more():
    _, rows, broken, numbers = read(b'a,b\n1,"hello\n2,"x"\n"p"q,3\n4,5\n')
    assert rows == [["2", "x"], ["4", "5"]]
    assert numbers == [2, 4]
    assert [(one.row, one.raw) for one in broken] == [(1, '1,"hello'), (3, '"p"q,3')]
    assert broken[1].reason == "cell 1 has more text after its closing quote (line 4)"


def test_a_quote_that_is_never_closed_is_an_error_with_its_line():
    with pytest.raises(LeadsError, match=r"line 3 .* is never closed"):
        read(b'a,b\n1,2\n3,"4\n5,6\n')


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'a,b\n1,"' + b"2,3\n" * 50_000, "line 2 .* is not closed"),
        (b"a,b\n" + b"1," * 50_000, "line 2 .* does not end"),
    ],
)
def test_a_record_without_end_is_not_read_into_memory(monkeypatch, data, message):
    monkeypatch.setattr(csv_reader, "LARGEST_RECORD", 50_000)
    with pytest.raises(LeadsError, match=message):
        read(data, 100)


def test_a_nul_byte_rejects_its_lead():
    _, rows, broken, numbers = read(b"a,b\n1,2\n3,\x004\n5,6\n")
    assert rows == [["1", "2"], ["5", "6"]]
    assert numbers == [1, 3]
    assert [(one.row, one.reason) for one in broken] == [(2, "it has a NUL byte, which no text has (line 3)")]


def test_in_a_single_column_a_blank_line_is_a_lead():
    source, rows, broken, _ = read(b"a\n1\n\n2\n")
    assert rows == [["1"], [""], ["2"]]
    assert broken == []
    assert source.blank_lines == 0


def test_bytes_that_are_not_utf8_are_named():
    with pytest.raises(LeadsError) as caught:
        read("a,b\n1,2\nKovář,3\n".encode("windows-1250"))
    assert caught.value.message == "`standard input` is not UTF-8: 0xE1 at byte 12, on line 3"
    assert "--encoding windows-1252" in (caught.value.help or "")


@pytest.mark.parametrize("encoding", ["windows-1250", "utf-16", "utf-16-le", "iso-8859-2"])
@pytest.mark.parametrize("chunk", [3, None])
def test_named_encodings_become_utf8(encoding, chunk):
    text = "jméno,b\nKovář,1\nŽák,2\n"
    _, rows, _, _ = read(text.encode(encoding), chunk, encoding=encoding)
    assert rows == [["Kovář", "1"], ["Žák", "2"]]
    out = score(text.encode(encoding), chunk, encoding=encoding)
    assert out.decode("utf-8-sig") == "jméno,b,n,note\nKovář,1,1,a;b\nŽák,2,2,\n"


def test_utf16_with_its_mark_needs_no_name():
    out = score("a\tb\r\nKovář\t1\r\n".encode("utf-16"))
    assert out == "\ufeffa\tb\tn\tnote\r\nKovář\t1\t1\ta;b\r\n".encode()


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"", {}, "is empty"),
        (b"\n\n", {}, "is empty"),
        (b"\xef\xbb\xbf", {}, "is empty"),
        (b"a,b\n", {"encoding": "klingon"}, "no encoding is called `klingon`"),
        (b"a,b\n", {"delimiter": "ab"}, "`ab` is no delimiter"),
        (b"a\0,\0b\0\n\0", {}, "every few bytes there is a NUL"),
        ("a,b\nž,1\n".encode(), {"encoding": "ascii-nonsense"}, "no encoding"),
        (b"a,b\n\xff\xfe,1\n", {"encoding": "windows-1250"}, None),
        (b'a,"b\n1,2\n', {}, "in the header"),
        (b"a,b\n1,2", {"sheet": "x"}, "--sheet is for Excel"),
    ],
)
def test_what_cannot_be_read_is_said(data, options, message):
    if message is None:
        assert read(data, **options)[1] == [["˙ţ", "1"]]
    else:
        with pytest.raises(LeadsError, match=message):
            read(data, **options)


def test_header_only_has_no_leads():
    assert score(b"a,b\r\n") == b"a,b,n,note\r\n"
    assert score(b"a,b") == b"a,b,n,note\n"


def test_gzip_is_read_and_written(tmp_path):
    path = tmp_path / "leads.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    source = open_leads(path)
    with open_output(tmp_path / "out.csv.gz", source, [("n", pl.Int64)]) as writer:
        for block in source.blocks():
            writer.write(block, np.ones(block.rows, bool), pl.DataFrame({"n": [7]}))
        writer.commit()
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == b"a,b,n\n1,2,7\n"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 1000)[:-20])
    with pytest.raises(LeadsError, match="damaged or cut off"):
        list(open_leads(path).blocks())


def test_only_kept_leads_are_written_and_chosen_columns():
    data = b'a,"b",c\r\n1,"x, y",3\r\n4,5,6\r\n7,"8\r\n9",0\r\n'
    assert score(data, keep={1, 3}) == b'a,"b",c,n,note\r\n1,"x, y",3,1,a;b\r\n7,"8\r\n9",0,3,a;b\r\n'
    assert score(data, columns=["n", "b", "c"]) == b'n,"b",c\r\n1,"x, y",3\r\n2,5,6\r\n3,"8\r\n9",0\r\n'
    assert score(data, columns=["c", "a", "note"], keep={2}) == b"c,a,note\r\n6,4,\r\n"


def test_blocks_name_the_needed_columns(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b,c\nx^1,2,3\nx\x01,5,6\n")
    source = open_leads(path)
    for _ in range(2):  # a file can be read again
        (block,) = source.blocks(["c", "a"])
        assert block.cells.to_dict(as_series=False) == {"c": ["3", "6"], "a": ["x^1", "x\x01"]}
        assert block.first_row == 1
        assert block.bytes_read == source.total_bytes == path.stat().st_size


def test_rejects_stand_in_order_as_they_came(tmp_path):
    from leadrules.leads.rejects import Rejected

    path = tmp_path / "x.csv"
    path.write_bytes(b'a;"b"\r\n1;"2"\r\n3\r\n"=4";5\r\n6;7\r\n')
    source = open_leads(path)
    rejects = open_rejects(tmp_path / "r.csv", source)
    for block in source.blocks():
        rejects.write(
            block,
            [
                Rejected(1, "a", "=4", "`=4` is no whole number"),
                Rejected(1, "b", "5", "too few"),
                Rejected(0, "a", "1", "no; never"),
            ],
        )
    assert not (tmp_path / "r.csv").exists()
    rejects.commit()
    assert rejects.count == 3
    assert (tmp_path / "r.csv").read_bytes() == (
        b'reject_row;reject_field;reject_value;reject_reason;a;"b"\r\n'
        b'1;a;1;"no; never";1;"2"\r\n'
        b"2;;;1 cell where the header has 2 (line 3);3\r\n"
        b'3;"a; b";"\'=4; 5";"`=4` is no whole number; too few";"=4";5\r\n'
    )
    again = open_leads(tmp_path / "r.csv")
    rejects = open_rejects(tmp_path / "r2.csv", again)
    for block in again.blocks():
        rejects.write(block, [Rejected(0, "a", "1", "still")])
    rejects.commit()
    assert (tmp_path / "r2.csv").read_bytes().split(b"\r\n")[:2] == [
        b'reject_row;reject_field;reject_value;reject_reason;a;"b"',
        b'1;a;1;still;1;"2"',
    ]

    clean = open_rejects(tmp_path / "r2.csv", source)
    clean.commit()
    assert not (tmp_path / "r2.csv").exists()


@settings(max_examples=300, deadline=None)
@given(
    data=st.lists(st.sampled_from([b"a", b"\xc3", b"\xa9", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xff"])).map(
        b"".join
    )
)
def test_utf8_is_what_python_reads(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert not is_utf8(data)
    else:
        assert is_utf8(data)
