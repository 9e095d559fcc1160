"""`madoguchi import`: loads the CSV files of a library's system into the embedded library, all or nothing.

`columns` says what each file holds, `reading` turns text into checked rows and collects every mistake,
`loading` compares them with the record and writes what differs.
"""

from bot.ils.embedded.importing.loading import ImportReport, import_folder
from bot.ils.embedded.importing.reading import BadFilesError, BadRow

__all__ = ["BadFilesError", "BadRow", "ImportReport", "import_folder"]
