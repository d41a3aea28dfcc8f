"""Excel in and out: values in their types, and nothing that is on the screen lost in silence."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import openpyxl
import polars as pl
import pytest
import xlsxwriter

from leadrules.leads import LeadsError, excel_writer, open_leads, open_output


def book(path, *rows, title="Leads"):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def score(path, out, **options):
    source = open_leads(path, **options)
    with open_output(out, source, [("score", pl.Float64), ("note", pl.String)]) as writer:
        for block in source.blocks():
            writer.write(
                block,
                np.ones(block.rows, bool),
                pl.DataFrame({"score": block.numbers / 2, "note": ["=1+1"] * block.rows}),
            )
        writer.commit()
    return out


ROWS = (
    ["Email", "Zip", "n", "when", "day", "mixed", None],
    ["a@b.example", "00123", 3, dt.datetime(2026, 1, 2, 3, 4), dt.date(2026, 1, 2), "#N/A", None],
    [None] * 7,
    ["=x", None, 3.5, dt.datetime(2026, 1, 3), None, True, "y"],
    [None] * 7,
)


def test_cells_come_in_their_types(tmp_path):
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"strings_to_formulas": False})
    sheet = made.add_worksheet("Leads")
    day = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(ROWS):
        for place, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, place, cell, day)
            elif cell is not None:
                sheet.write(number, place, cell)
    made.close()
    source = open_leads(tmp_path / "a.xlsx")
    assert source.headers == ["Email", "Zip", "n", "when", "day", "mixed", ""]
    assert source.blank_lines == 1
    (block,) = source.blocks(source.headers[:6])
    assert block.cells.schema == {
        "Email": pl.String,
        "Zip": pl.String,
        "n": pl.Float64,
        "when": pl.Datetime("us"),
        "day": pl.Date,
        "mixed": pl.Object,
    }
    assert block.cells.rows() == [
        ("a@b.example", "00123", 3.0, dt.datetime(2026, 1, 2, 3, 4), dt.date(2026, 1, 2), "#N/A"),
        ("=x", None, 3.5, dt.datetime(2026, 1, 3), None, True),
    ]
    text = score(tmp_path / "a.xlsx", tmp_path / "o.csv").read_text()
    assert (
        text == "Email,Zip,n,when,day,mixed,,score,note\n"
        "a@b.example,00123,3,2026-01-02T03:04:00,2026-01-02,#N/A,,0.5,'=1+1\n"
        "=x,,3.5,2026-01-03,,true,y,1,'=1+1\n"
    )

    again = openpyxl.load_workbook(score(tmp_path / "a.xlsx", tmp_path / "o.xlsx"))["Leads"]
    values = [[cell.value for cell in row] for row in again.iter_rows()]
    assert values[1] == [
        "a@b.example",
        "00123",
        3,
        dt.datetime(2026, 1, 2, 3, 4),
        dt.datetime(2026, 1, 2),
        "#N/A",
        None,
        0.5,
        "=1+1",
    ]
    assert [again["A3"].data_type, again["I3"].data_type, again["I3"].quotePrefix, again["A3"].quotePrefix] == [
        "s",
        "s",
        True,
        False,
    ]


def test_blocks_split_rows_and_can_be_read_again(tmp_path):
    source = open_leads(book(tmp_path / "a.xlsx", ["a"], *([number] for number in range(12_001))))
    for _ in range(2):
        blocks = list(source.blocks(["a"], rows=7_000))
        assert [block.rows for block in blocks] == [7_000, 5_001]
        assert blocks[1].cells["a"].to_list() == list(range(7_000, 12_001))
        assert blocks[1].numbers[0] == 7_001
    source.close()


def test_sheets_are_chosen_by_name_or_number(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["a"])
    made.create_sheet("Žádosti").append(["b"])
    made.create_sheet("Empty")
    made.save(tmp_path / "a.xlsx")
    assert [open_leads(tmp_path / "a.xlsx", sheet=sheet).headers for sheet in (None, "1", "2", "Žádosti")] == [
        ["a"],
        ["a"],
        ["b"],
        ["b"],
    ]
    with pytest.raises(LeadsError) as caught:
        open_leads(tmp_path / "a.xlsx", sheet="Leads")
    assert caught.value.help == "it has 1 `Sheet`, 2 `Žádosti`, 3 `Empty`"
    with pytest.raises(LeadsError, match=r"sheet `Empty` .* is empty"):
        open_leads(tmp_path / "a.xlsx", sheet="3")


def test_formulas_have_their_stored_values(tmp_path):
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["a", "b", "c"])
    sheet.write_formula(1, 0, "=1+1", None, 2)
    sheet.write_formula(1, 1, '=""', None, "")
    sheet.write_formula(1, 2, "=NA()", None, "#N/A")
    made.close()
    (block,) = open_leads(tmp_path / "a.xlsx").blocks(["a", "b", "c"])
    assert block.cells.rows() == [(2, None, "#N/A")]


def test_a_formula_without_a_value_is_said_with_its_cell(tmp_path):
    book(tmp_path / "a.xlsx", ["a", "b"], [1, 2], [3, "=A2*2"])
    with pytest.raises(LeadsError, match="cell B3 of sheet `Leads` is a formula without a stored value"):
        open_leads(tmp_path / "a.xlsx")


def test_merged_cells_are_said_with_their_area(tmp_path):
    made = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], [3, 4]):
        made.active.append(row)
    made.active.merge_cells("A2:A3")
    made.save(tmp_path / "a.xlsx")
    with pytest.raises(LeadsError, match="cells A2:A3 of sheet `Sheet` are merged"):
        open_leads(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "password-protected"),
        ("a.xlsx", b"a,b\n1,2\n", "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04nonsense", "not an Excel workbook"),
        ("a.ods", b"PK\x03\x04", "an OpenDocument spreadsheet"),
        ("a.csv", b"PK\x03\x04rest", "is not csv"),
    ],
)
def test_what_is_no_workbook_is_said(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LeadsError, match=message):
        open_leads(tmp_path / name)


def test_what_does_not_fit_a_sheet_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n" * 10)
    monkeypatch.setattr(excel_writer, "ROWS", 10)
    with pytest.raises(LeadsError, match="more than 9 leads do not fit"):
        score(tmp_path / "a.csv", tmp_path / "o.xlsx")
    (tmp_path / "a.csv").write_text("a,b\n1," + "x" * 32_768 + "\n")
    with pytest.raises(LeadsError, match="a text of 32,768 characters in `b`"):
        score(tmp_path / "a.csv", tmp_path / "o.xlsx")
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_long_ids_keep_their_digits_and_texts_stay_texts(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": 12345678901234567, "zip": "007", "link": "https://x.example"}\n')
    sheet = openpyxl.load_workbook(score(tmp_path / "a.jsonl", tmp_path / "o.xlsx"))["Leads"]
    assert [cell.value for cell in sheet[2]] == ["12345678901234567", "007", "https://x.example", 0.5, "=1+1"]


def test_a_workbook_comes_from_standard_input_too(tmp_path):
    data = book(tmp_path / "a.xlsx", ["a"], [1]).read_bytes()
    source = open_leads(io.BytesIO(data))
    (block,) = source.blocks(["a"])
    source.close()
    assert block.cells.rows() == [(1,)]


def test_characters_that_xml_cannot_hold_come_back(tmp_path):
    """`_x000D_` is how a workbook says CR; a text that looks like that is escaped in its turn."""
    texts = ["a\r\nb", "\x01", "_x0041_", "_x_", "x_xyz"]
    made = xlsxwriter.Workbook(tmp_path / "leads.xlsx")
    made.add_worksheet().write_column(0, 0, ["text", *texts])
    made.close()
    [block] = open_leads(tmp_path / "leads.xlsx").blocks()
    assert block.columns([0]).to_series().to_list() == texts
