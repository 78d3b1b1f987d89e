"""Dates as French software writes them → ISO 8601, when they can be read in one way only.

31/12/2020, 31-12-2020, 31.12.2020, 2020/12/31, 31 décembre 2020, 1er janv. 2021   → ISO
20201231 (a day first would make a year before 1232)                                → 2020-12-31
2020-12-31 00:00:00+00, 2020-12-31T00:00:00.000Z (midnight says no more than the day) → ISO
45400 (the number under an Excel date, 1990 to 2050)                                → 2024-04-18
12/05/2016 → 2016-05-12: French administrations write the day first (decision 0007)
05/31/2020, 03/04/05, 31/12/20, nov.-17, 2018-04, 2021-07-02 22:00:00Z, two dates    → not corrected, and why
2020-01-01T00:00:00+99:99 (no such offset)                                           → nothing to say
"""

import re
import unicodedata
from datetime import date, timedelta

from services.validator.findings import CorrectionCode, FindingCode

ISO_FORMATS = ("default", "%Y-%m-%d")
"""Table Schema formats whose text is an ISO date; another format is the schema's own business."""

YEARS = range(1800, 2101)
"""Beyond, a four-digit year is a slip of the keyboard."""

EXCEL_DAY_ZERO = date(1899, 12, 30)
EXCEL_SERIALS = range(32_874, 55_154)
"""1 January 1990 to 31 December 2050."""

DAY_FIRST = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})", re.ASCII)
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
ACCEPTED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
"""What Frictionless reads by itself, when the day exists."""
SHORT_YEAR = re.compile(r"\d{1,2}([/.\- ])\d{1,2}\1\d{2}", re.ASCII)
WITHOUT_DAY = re.compile(
    r"\d{4}[/.\-]\d{1,2}|\d{1,2}[/.\-]\d{4}|[a-z]{3,9}\.?[ \-/.]*\d{2,4}|\d{2,4}[ \-/.]+[a-z]{3,9}\.?"
)
ZONE = r"Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?"
"""Offsets from UTC that exist: beyond, something else went wrong than a time too many."""
TIME = re.compile(rf"(?P<day>.+?)(?:[T ]+)(?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?)\s*(?:{ZONE})?")
IN_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})", re.ASCII)
ONE_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}"
    r"|\d{1,2}(?:er)? [a-z]{3,9}\.? \d{4})(?!\d)"
)

MONTHS = {
    **{name: number for number, name in enumerate(
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
         "decembre"), start=1)},
    **{"janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "juill": 7, "sept": 9, "oct": 10, "nov": 11,
       "dec": 12},
}  # fmt: skip
WEEKDAYS = frozenset(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "le"))


def iso_date(text: str) -> tuple[str, CorrectionCode] | FindingCode | None:
    """The ISO date of a trimmed text, and the rule; or why it is not corrected; or None: nothing to say."""
    if ACCEPTED.fullmatch(text):
        return FindingCode.AMBIGUOUS_DATE if _is_swapped(text) else None
    if re.fullmatch(r"\d{5}(?:\.0+)?", text, re.ASCII) and int(text[:5]) in EXCEL_SERIALS:
        found = EXCEL_DAY_ZERO + timedelta(days=int(text[:5]))
        return found.isoformat(), CorrectionCode.EXCEL_DATE
    words = plain(text)
    if len(ONE_DATE.findall(words)) > 1:
        return FindingCode.SEVERAL_DATES
    if timed := TIME.fullmatch(text):
        return _without_time(timed)
    return _day(words)


def period(text: str) -> tuple[str, CorrectionCode] | FindingCode | None:
    """`2017-12-14_2018-12-14`, or two French dates with `au`, `_`, `/` or `-` between → `2017-12-14/2018-12-14`."""
    parts = re.split(r"\s*[_/]\s*|\s+(?:au|à|-)\s+|(?<=/\d{4})-(?=\d{1,2}/)", re.sub(r"^du\s+", "", text))
    if len(parts) == 6:  # 14/12/2017 - 14/12/2018 written with slashes throughout
        parts = ["/".join(parts[:3]), "/".join(parts[3:])]
    days = [_strict_day(part) for part in parts]
    if len(parts) == 3:
        days = [_strict_day(text)]
    if len(days) in (1, 2) and all(days):
        found = "/".join(day for day in days if day)
        return None if found == text else (found, CorrectionCode.PERIOD_TEXT)
    several = len(days) != 2 and len(ONE_DATE.findall(plain(text))) > 1
    return FindingCode.SEVERAL_DATES if several else None


def plain(text: str) -> str:
    """Text without case, accents or doubled spaces."""
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join("".join(letters).casefold().split())


def _strict_day(text: str) -> str | None:
    """The ISO date of a text that is one, or can be corrected into one."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return _valid(*map(int, text.split("-")))
    found = iso_date(text)
    return found[0] if isinstance(found, tuple) and found[1] is CorrectionCode.DATE_TO_ISO else None


def _day(text: str) -> tuple[str, CorrectionCode] | FindingCode | None:
    if found := DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        return _corrected(year, month, day) or _why(_valid(year, day, month))
    if found := COMPACT.fullmatch(text):
        return _corrected(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
        return _corrected(year, month, day) or _why(_valid(year, day, month))
    if found := IN_WORDS.fullmatch(text):
        before = text.split()[0]
        if found[2] in MONTHS and (before[0].isdigit() or before in WEEKDAYS):
            return _corrected(int(found[3]), MONTHS[found[2]], int(found[1]))
        return None
    if SHORT_YEAR.fullmatch(text):
        return FindingCode.AMBIGUOUS_DATE
    return FindingCode.INCOMPLETE_DATE if WITHOUT_DAY.fullmatch(text) and _names_month(text) else None


def _names_month(text: str) -> bool:
    """`nov.-17`, `jul-17`, `2018-04`: digits alone, or a word that begins as a month of either language does."""
    word = "".join(re.findall(r"[a-z]+", text))
    return not word or word[:3] in {*(name[:3] for name in MONTHS), "feb", "apr", "may", "jun", "jul", "aug"}


def _without_time(timed: re.Match[str]) -> tuple[str, CorrectionCode] | FindingCode | None:
    """Midnight adds nothing to a day; another hour may be the evening before, somewhere else."""
    day = _strict_day(timed["day"])
    if day is None:
        found = _day(plain(timed["day"]))
        return found if isinstance(found, FindingCode) else None
    if any(int(part) for part in re.findall(r"\d+", timed["time"])):
        return FindingCode.TIME_IN_DATE
    return day, CorrectionCode.DATE_TO_ISO


def _is_swapped(text: str) -> bool:
    """`2020-31-12`: no such day, but there would be with month and day exchanged."""
    year, month, day = map(int, text.split("-"))
    return _valid(year, month, day) is None and _valid(year, day, month) is not None


def _corrected(year: int, month: int, day: int) -> tuple[str, CorrectionCode] | None:
    found = _valid(year, month, day)
    return (found, CorrectionCode.DATE_TO_ISO) if found else None


def _why(exchanged: str | None) -> FindingCode | None:
    return FindingCode.AMBIGUOUS_DATE if exchanged else None


def _valid(year: int, month: int, day: int) -> str | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
