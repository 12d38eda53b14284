"""The matrix as an Excel workbook (product.md M8): as it is shown on one sheet, cell by cell on the next."""

import io

from pilab_desktop.services.manifest import Matrix
from pilab_desktop.services.matrix_export import cell_records, matrix_rows


def matrix_workbook(matrix: Matrix) -> bytes:
    """An .xlsx file. Every cell is text: nothing in it is taken for a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 - only who wants a workbook pays for it

    file = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, plain) as workbook:
        heading = workbook.add_format({"bold": True, "bottom": 1})
        header, rows = matrix_rows(matrix)
        records = cell_records(matrix)
        for name, lines in (("Manifest", [header, *rows]), ("Deployments", records)):
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line, heading if number == 0 else None)
            sheet.autofit()
    return file.getvalue()
