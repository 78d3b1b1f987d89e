"""The shape of a report, as validator writes it and as everyone reads it; its JSON Schema is published."""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.reports.words import Detail, Language

SEVERITIES = ("error", "warning", "info")
"""Only an `error` makes a file invalid."""

SCHEMA_URL = "/v1/reports/schema"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class FindingOut(_Part):
    """A fault: what, where, and how to mend it."""

    code: str = Field(description="Code stable du constat.")
    severity: Literal["error", "warning", "info"]
    row: int | None = Field(
        description="Ligne de votre fichier, en-tête comprise, à partir de 1 ; null pour le fichier."
    )
    column: str | None = Field(description="Nom de la colonne selon le schéma, ou le vôtre hors schéma.")
    value: str | None = Field(description="Ce que la cellule contient, coupé à 200 caractères.")
    expected: str | None = Field(description="Ce qui est attendu.")
    message: str
    how_to_mend: str
    suggestion: str | None = Field(default=None, description="Une valeur que la colonne accepterait, à confirmer.")
    details: dict[str, Detail] = Field(default_factory=dict, description="Ce que disent les phrases, sans les phrases.")


class CorrectionOut(_Part):
    """A normalisation: `before` in the vendor's file, `after` in what is published."""

    rule: str = Field(validation_alias="code", description="Code stable de la correction.")
    row: int | None
    column: str | None
    before: str
    after: str | None = Field(description="null : rien n'est publié pour cette cellule.")
    message: str

    model_config = ConfigDict(frozen=True, from_attributes=True, populate_by_name=True)


class RuleOut(_Part):
    """All findings of one code on one field: a complete count and at most five samples."""

    code: str
    severity: Literal["error", "warning", "info"]
    field: str | None
    count: int = Field(description="Nombre complet, au-delà des constats listés.")
    validata: str | None = Field(description="Type d'erreur de Validata pour la même faute.")
    samples: list[FindingOut]


class JudgedByOut(_Part):
    """The schema judged against; `sha256` is that of its descriptor."""

    name: str
    version: str
    sha256: str


class InputOut(_Part):
    """What was read, and how; nulls when it could not be."""

    sha256: str
    size_bytes: int
    format: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    sheet: str | None = None


class StatsOut(_Part):
    """Figures. `rows`: data rows, blank lines aside; `valid_rows`: those without error."""

    rows: int
    columns: int
    valid_rows: int
    errors: int
    warnings: int
    corrections: int
    seconds: float


class MatchOut(_Part):
    """A column of the file and the field it is read as; confidence from 0 to 1."""

    source: str
    field: str
    confidence: float


class HeaderOut(_Part):
    """How the columns of the file answer to the schema."""

    matched: list[MatchOut]
    missing: list[str]
    extra: list[str]


class LinksOut(_Part):
    """Where to go from a report; null where there is nothing more, or nothing kept."""

    next: str | None = Field(default=None, description="Page suivante des constats listés.")
    findings: str | None = Field(default=None, description="Les constats seuls, filtrables et paginés.")
    json_schema: str = Field(default=SCHEMA_URL, description="Le JSON Schema de ce document.")


class ComparedWithOut(_Part):
    """The organisation whose data the file claims to be."""

    siren: str
    name: str
    kind: str


class ContextOut(_Part):
    """What the verdict depends on besides the file, the schema and the engine."""

    organisation: ComparedWithOut
    received_on: str = Field(description="Date de réception, AAAA-MM-JJ.")
    reference: str = Field(description="Millésime du référentiel des communes et intercommunalités.")


class ToConfirmOut(_Part):
    """A finding that holds a deposit until it is confirmed, and how many times it was found."""

    code: str
    count: int


class ReportOut(BaseModel):
    """The verdict on a file, and why."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    verdict: Literal["valid", "invalid"]
    engine_version: str
    language: Language = "fr"
    mode: Literal["replace", "upsert", "delete"] = Field(
        default="replace", description="Ce que les lignes du fichier font de celles qui sont publiées."
    )
    judged_by: JudgedByOut = Field(alias="schema")
    input: InputOut
    stats: StatsOut
    header: HeaderOut
    by_rule: list[RuleOut]
    findings: list[FindingOut] = Field(
        description="Dans l'ordre du fichier ; les erreurs d'abord retenues quand toutes ne tiennent pas."
    )
    corrections: list[CorrectionOut]
    truncated: bool = Field(
        description="Vrai quand `findings` ou `corrections` ne listent pas tout ce qui est compté dans `by_rule` et "
        "`stats`."
    )
    links: LinksOut = LinksOut()
    context: ContextOut | None = Field(
        default=None, description="À quoi le fichier a été comparé ; null hors d'un dépôt, sans `organisation`."
    )
    to_confirm: list[ToConfirmOut] = Field(
        default_factory=list,
        description="Ce qui retient un dépôt de ce fichier jusqu'à sa confirmation, à reprendre tel quel.",
    )


class WordsOut(_Part):
    """Templates of one code in another language than French."""

    message: str
    mend: str
    expected: str | None = None
    mend_with: str | None = None


class EnglishOut(_Part):
    """English templates of the codes that a report names: what is kept to word it again."""

    findings: dict[str, WordsOut] = Field(default_factory=dict)
    corrections: dict[str, str] = Field(default_factory=dict)


class StoredReport(ReportOut):
    """As it is kept: worded in French, with the English templates beside."""

    english: EnglishOut = EnglishOut()


@cache
def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report as it is read."""
    schema = ReportOut.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        **schema,
        "title": "Rapport de validation",
        "description": "Le verdict sur un fichier, et pourquoi. Des membres peuvent s'ajouter ; aucun ne change de "
        "sens.",
    }
