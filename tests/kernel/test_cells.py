"""Cells and ranges, named as a spreadsheet names them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter, quote_sheetname

from datazoom_desktop.kernel.cells import (
    LAST_COLUMN,
    LAST_ROW,
    CellRange,
    cell_range,
    column_letters,
    column_number,
    reference,
    sheet_prefix,
)

CELLS = st.tuples(st.integers(1, LAST_COLUMN), st.integers(1, LAST_ROW))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, LAST_COLUMN))
def test_columns_are_lettered_as_another_library_letters_them(column: int) -> None:
    assert column_letters(column) == get_column_letter(column)
    assert column_number(column_letters(column).lower()) == column == column_index_from_string(column_letters(column))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS, CELLS)
def test_a_range_is_read_back_from_its_name(one: tuple[int, int], other: tuple[int, int]) -> None:
    both = CellRange(*one, *one).joined(CellRange(*other, *other))
    assert cell_range(str(both)) == both
    assert cell_range(str(both).replace(":", ":$")) == both
    assert (":" in str(both)) == (one != other)


@pytest.mark.parametrize("address", ["", "B", "4", "B0", "XFE1", "A1048577", ":A1", "A1:B2:C3", "Sheet1!A1", "A-1"])
def test_what_names_no_cells_is_none(address: str) -> None:
    assert cell_range(address) is None


@pytest.mark.parametrize(
    ("sheet", "prefix"),
    [
        ("Sheet1", "Sheet1!"),
        ("Übersicht", "Übersicht!"),
        ("2023.Q1", "'2023.Q1'!"),
        ("Cap table", "'Cap table'!"),
        ("Ada's", "'Ada''s'!"),
        ("Q1", "'Q1'!"),
        ("RC", "'RC'!"),
        ("R1C1", "'R1C1'!"),
        ("true", "'true'!"),
        ("a-b", "'a-b'!"),
        ("", "''!"),
    ],
)
def test_a_sheets_name_is_quoted_where_it_could_be_misread(sheet: str, prefix: str) -> None:
    assert sheet_prefix(sheet) == prefix
    if prefix.startswith("'") and " " in sheet:
        assert prefix == f"{quote_sheetname(sheet)}!"


def test_stretches_of_one_sheet_are_one_range_and_sheets_are_parted() -> None:
    first, second = CellRange(2, 4, 2, 4), CellRange(5, 9, 8, 9)
    assert reference([("Cap table", first), ("Cap table", second)]) == "'Cap table'!B4:H9"
    assert reference([("Notes", first), ("Cap table", second)]) == "Notes!B4,'Cap table'!E9:H9"
    assert reference([(None, second)]) == "E9:H9"
    assert reference([]) is None


def test_a_column_before_the_first_has_no_letters() -> None:
    with pytest.raises(ValueError, match="not a column"):
        column_letters(0)
