"""Files made to harm, and what each must end in. All are made here: none is stored."""

from validator.hostile.archives import ARCHIVES
from validator.hostile.books import BOOKS
from validator.hostile.documents import DOCUMENTS
from validator.hostile.hostile_file import Hostile
from validator.hostile.texts import TEXTS

CORPUS: dict[str, Hostile] = {**TEXTS, **ARCHIVES, **BOOKS, **DOCUMENTS}
