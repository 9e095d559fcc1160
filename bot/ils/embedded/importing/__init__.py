"""`madoguchi import`: loads the CSV files of a library's system into the embedded library, all or nothing.

`columns` and `contradictions` say what each file may hold, `reading` turns text into checked rows and collects every
mistake, `checking` sees to what one row can't tell alone; `catalogue`, `loans` and `reservations` compare the rows
with the record and write what differs; `loading` is all of it in one transaction.
"""

from bot.ils.embedded.importing.loading import ImportReport, import_folder
from bot.ils.embedded.importing.reading import BadFilesError, BadRow
from bot.ils.embedded.importing.run import Counts

__all__ = ["BadFilesError", "BadRow", "Counts", "ImportReport", "import_folder"]
