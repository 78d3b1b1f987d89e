"""Findings: faults in the data, as values. Codes are ours and stable; the words are in `sentences.py`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from services.validator.checks.marks import kinds_out_of_place, masked
from shared.reports.words import Detail

VALUE_LIMIT = 200
"""Characters of a cell that a report shows."""


class Severity(StrEnum):
    """Only an `error` makes a file invalid."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class FindingCode(StrEnum):
    """Every kind of fault a report can name. A code never changes its meaning; new ones may be added."""

    # The file
    EMPTY_FILE = "empty-file"
    HTML_INSTEAD_OF_CSV = "html-instead-of-csv"
    UNSUPPORTED_FORMAT = "unsupported-format"
    NUL_BYTES = "nul-bytes"
    BINARY_CONTENT = "binary-content"
    ENCODING_UNKNOWN = "encoding-unknown"
    ENCODING_INVALID = "encoding-invalid"
    CHARSET_UNKNOWN = "charset-unknown"
    FILE_TOO_COMPLEX = "file-too-complex"
    # Its format
    MOJIBAKE = "mojibake"
    ARCHIVE_UNREADABLE = "archive-unreadable"
    ARCHIVE_UNSAFE = "archive-unsafe"
    ARCHIVE_TABLES = "archive-tables"
    EXPANSION_LIMIT = "expansion-limit"
    WORKBOOK_UNREADABLE = "workbook-unreadable"
    WORKBOOK_TOO_LARGE = "workbook-too-large"
    SPREADSHEET_ERROR = "spreadsheet-error"
    JSON_INVALID = "json-invalid"
    JSON_SHAPE = "json-shape"
    DECP_OLD_FORM = "decp-old-form"
    PARQUET_UNREADABLE = "parquet-unreadable"
    # Its structure
    UNCLOSED_QUOTE = "unclosed-quote"
    MALFORMED_QUOTING = "malformed-quoting"
    CELL_TOO_LONG = "cell-too-long"
    LINE_TOO_LONG = "line-too-long"
    TOO_MANY_COLUMNS = "too-many-columns"
    NO_ROWS = "no-rows"
    BLANK_ROW = "blank-row"
    EXTRA_CELL = "extra-cell"
    MISSING_CELL = "missing-cell"
    # Its header
    NO_KNOWN_COLUMN = "no-known-column"
    OTHER_SCHEMA = "other-schema"
    MISSING_COLUMN = "missing-column"
    MISSING_OPTIONAL_COLUMN = "missing-optional-column"
    EXTRA_COLUMN = "extra-column"
    DUPLICATE_COLUMN = "duplicate-column"
    AMBIGUOUS_COLUMN = "ambiguous-column"
    BLANK_HEADER = "blank-header"
    COLUMNS_NOT_READ = "columns-not-read"
    # Types of cells
    DATE_FORMAT = "date-format"
    DATETIME_FORMAT = "datetime-format"
    YEAR_FORMAT = "year-format"
    INTEGER_FORMAT = "integer-format"
    INTEGER_OUT_OF_RANGE = "integer-out-of-range"
    NUMBER_FORMAT = "number-format"
    NUMBER_NOT_FINITE = "number-not-finite"
    NUMBER_OUT_OF_RANGE = "number-out-of-range"
    EXOTIC_DIGITS = "exotic-digits"
    BOOLEAN_VALUE = "boolean-value"
    URI_FORMAT = "uri-format"
    EMAIL_FORMAT = "email-format"
    UUID_FORMAT = "uuid-format"
    ARRAY_FORMAT = "array-format"
    TYPE_FORMAT = "type-format"
    UNREADABLE_CELL = "unreadable-cell"
    REPLACEMENT_CHARACTER = "replacement-character"
    CONTROL_CHARACTER = "control-character"
    # Values that could be read in two ways: why they are not corrected
    AMBIGUOUS_DATE = "ambiguous-date"
    INCOMPLETE_DATE = "incomplete-date"
    TIME_IN_DATE = "time-in-date"
    SEVERAL_DATES = "several-dates"
    AMBIGUOUS_NUMBER = "ambiguous-number"
    PERCENT_SIGN = "percent-sign"
    DIGITS_LOST = "digits-lost"
    ZERO_LOST = "zero-lost"
    INVERTED_COORDINATES = "inverted-coordinates"
    # Constraints of cells
    REQUIRED_VALUE = "required-value"
    NOT_IN_LIST = "not-in-list"
    PATTERN_MISMATCH = "pattern-mismatch"
    PATTERN_TOO_SLOW = "pattern-too-slow"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"
    # French checks
    SIRET_INVALID = "siret-invalid"
    SIREN_INVALID = "siren-invalid"
    NOMENCLATURE_ACTE = "nomenclature-acte"
    COLUMNS_NOT_COHESIVE = "columns-not-cohesive"
    COMPARISON_FAILED = "comparison-failed"
    VALUES_NOT_COMPARABLE = "values-not-comparable"
    SUM_MISMATCH = "sum-mismatch"
    YEAR_INTERVAL = "year-interval"
    ONE_OF_REQUIRED = "one-of-required"
    PHONE_NUMBER = "phone-number"
    OPENING_HOURS = "opening-hours"
    POSITION_OUTSIDE_FRANCE = "position-outside-france"
    POSITION_INVERTED = "position-inverted"
    UNKNOWN_PLACE = "unknown-place"
    # Addresses: cells
    BAL_SPACES = "bal-spaces"
    BAL_EMPTY = "bal-empty"
    BAL_VALUE = "bal-value"
    BAL_DECIMAL_COMMA = "bal-decimal-comma"
    BAL_UUID = "bal-uuid"
    BAL_INTEGER = "bal-integer"
    BAL_TOO_LARGE = "bal-too-large"
    BAL_ZERO = "bal-zero"
    BAL_LEADING_ZERO = "bal-leading-zero"
    BAL_TOO_SHORT = "bal-too-short"
    BAL_TOO_LONG = "bal-too-long"
    BAL_CHARACTER = "bal-character"
    BAL_UNDERSCORE = "bal-underscore"
    BAL_CASE = "bal-case"
    BAL_SUFFIX_START = "bal-suffix-start"
    BAL_COMMUNE_UNKNOWN = "bal-commune-unknown"
    BAL_COMMUNE_FORMER = "bal-commune-former"
    BAL_POSITION_SPELLING = "bal-position-spelling"
    BAL_PLOT_SEPARATOR = "bal-plot-separator"
    BAL_DATE = "bal-date"
    BAL_DATE_OLD = "bal-date-old"
    BAL_DATE_FUTURE = "bal-date-future"
    BAL_KEY_CASE = "bal-key-case"
    BAL_KEY_PARTS = "bal-key-parts"
    BAL_KEY_STREET = "bal-key-street"
    BAL_KEY_STREET_UNSAID = "bal-key-street-unsaid"
    BAL_KEY_NUMBER = "bal-key-number"
    BAL_KEY_NUMBER_WIDTH = "bal-key-number-width"
    # Addresses: rows
    BAL_NUMBER_MISMATCH = "bal-number-mismatch"
    BAL_NO_COMMUNE = "bal-no-commune"
    BAL_COMMUNE_NAME = "bal-commune-name"
    BAL_SAME_NAMES = "bal-same-names"
    BAL_NO_POSITION = "bal-no-position"
    BAL_NO_COORDINATES = "bal-no-coordinates"
    BAL_COORDINATES = "bal-coordinates"
    BAL_COORDINATES_APART = "bal-coordinates-apart"
    BAL_INCOMPLETE = "bal-incomplete"
    BAL_FORMER_COMMUNE_ELSEWHERE = "bal-former-commune-elsewhere"
    BAL_PARTIAL_IDS = "bal-partial-ids"
    # Addresses: rows together, the file
    BAL_NAMES_OF_STREET_ID = "bal-names-of-street-id"
    BAL_IDS_OF_STREET_NAME = "bal-ids-of-street-name"
    BAL_ADDRESSES_OF_ID = "bal-addresses-of-id"
    BAL_IDS_OF_ADDRESS = "bal-ids-of-address"
    BAL_COMPLEMENT_UNDECLARED = "bal-complement-undeclared"
    BAL_SEVERAL_COMMUNE_IDS = "bal-several-commune-ids"
    BAL_IDS_EVERYWHERE = "bal-ids-everywhere"
    BAL_ENCODING = "bal-encoding"
    BAL_DELIMITER = "bal-delimiter"
    BAL_LINE_ENDS = "bal-line-ends"
    # The file and who deposits it
    OTHER_ORGANISATION = "other-organisation"
    OTHER_TERRITORY = "other-territory"
    YEAR_OUT_OF_RANGE = "year-out-of-range"
    AMOUNT_NOT_POSITIVE = "amount-not-positive"
    # Personal data
    PERSONAL_NIR = "personal-nir"
    PERSONAL_IBAN = "personal-iban"
    PERSONAL_EMAIL = "personal-email"
    PERSONAL_PHONE = "personal-phone"
    PERSONAL_NAME = "personal-name"
    # Rows together
    DUPLICATE_IDENTITY = "duplicate-identity"
    REPEATED_IDENTITY = "repeated-identity"
    PRIMARY_KEY = "primary-key"
    UNIQUE_VALUE = "unique-value"


class CorrectionCode(StrEnum):
    """Every kind of normalisation a report can list."""

    # Names of columns
    LINES_ABOVE_HEADER = "lines-above-header"
    TRAILING_COLUMNS_DROPPED = "trailing-columns-dropped"
    REPEATED_HEADER = "repeated-header"
    SPREADSHEET_CELL = "spreadsheet-cell"
    TYPED_CELL = "typed-cell"
    CONCESSION_DATE = "concession-date"
    HEADER_NAME = "header-name"
    HEADER_SYNONYM = "header-synonym"
    HEADER_TYPO = "header-typo"
    # Values that could not be read as they were
    TRIMMED_SPACES = "trimmed-spaces"
    DATE_TO_ISO = "date-to-iso"
    EXCEL_DATE = "excel-date"
    PERIOD_TEXT = "period-text"
    NUMBER_PLAIN = "number-plain"
    IDENTIFIER_TEXT = "identifier-text"
    BOOLEAN_TEXT = "boolean-text"
    LISTED_VALUE = "listed-value"
    EMAIL_TEXT = "email-text"
    # Spelling of valid values
    INTEGER_TEXT = "integer-text"
    NUMBER_TEXT = "number-text"
    DATE_TEXT = "date-text"
    UNREADABLE_LEFT_OUT = "unreadable-left-out"


class Finding(NamedTuple):
    """One fault: what, where, and how to mend it, in French."""

    code: FindingCode
    severity: Severity
    row: int | None
    """1-based line in the vendor's own file, header included; None for the whole file."""
    column: str | None
    """Declared name of the column, or the vendor's own for one outside the schema."""
    value: str | None
    """As the vendor wrote it, cut at `VALUE_LIMIT` characters."""
    expected: str | None
    message: str
    how_to_mend: str
    suggestion: str | None = None
    """A replacement that this column would accept, to confirm."""
    details: Mapping[str, Detail] = {}
    """What the places of its sentences hold, whatever the language."""


class Correction(NamedTuple):
    """One normalisation: where, what it was and what it became."""

    code: CorrectionCode
    row: int | None
    """1-based line in the vendor's own file."""
    column: str | None
    before: str
    after: str | None
    """None: nothing is published for this cell."""
    message: str


def shown(value: str | None, column: str | None = None) -> str | None:
    """The part of a value that a report shows: never a personal mark that has no place in its column."""
    if value is None:
        return None
    text = masked(value, kinds_out_of_place(column))
    return text if len(text) <= VALUE_LIMIT else text[: VALUE_LIMIT - 1] + "…"
