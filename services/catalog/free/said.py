"""What a producer says of a free data set, in closed lists wherever there is one."""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


class Theme(StrEnum):
    """The EU data theme vocabulary."""

    AGRI = "AGRI"
    ECON = "ECON"
    EDUC = "EDUC"
    ENER = "ENER"
    ENVI = "ENVI"
    GOVE = "GOVE"
    HEAL = "HEAL"
    INTR = "INTR"
    JUST = "JUST"
    OP_DATPRO = "OP_DATPRO"
    REGI = "REGI"
    SOCI = "SOCI"
    TECH = "TECH"
    TRAN = "TRAN"


class Frequency(StrEnum):
    """The EU frequency vocabulary, in lower case."""

    CONT = "cont"
    UPDATE_CONT = "update_cont"
    HOURLY = "hourly"
    BIHOURLY = "bihourly"
    TRIHOURLY = "trihourly"
    DAILY = "daily"
    DAILY_2 = "daily_2"
    WEEKLY = "weekly"
    WEEKLY_2 = "weekly_2"
    WEEKLY_3 = "weekly_3"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    MONTHLY_2 = "monthly_2"
    MONTHLY_3 = "monthly_3"
    BIMONTHLY = "bimonthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    ANNUAL_2 = "annual_2"
    ANNUAL_3 = "annual_3"
    BIENNIAL = "biennial"
    TRIENNIAL = "triennial"
    QUADRENNIAL = "quadrennial"
    QUINQUENNIAL = "quinquennial"
    DECENNIAL = "decennial"
    BIDECENNIAL = "bidecennial"
    TRIDECENNIAL = "tridecennial"
    NEVER = "never"
    AS_NEEDED = "as_needed"
    NOT_PLANNED = "not_planned"
    IRREG = "irreg"
    UNKNOWN = "unknown"
    OTHER = "other"


class Licence(StrEnum):
    """SPDX identifiers. The first two are those that French law lets administrations choose (CRPA, D. 323-2-1)."""

    ETALAB_2 = "etalab-2.0"
    ODBL_1 = "ODbL-1.0"
    CC_BY_4 = "CC-BY-4.0"
    CC_BY_SA_4 = "CC-BY-SA-4.0"
    CC0_1 = "CC0-1.0"


def readable(text: str) -> str:
    """The same text. Raises ValueError for what no text for people holds."""
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in text):
        raise ValueError("Ce texte contient un caractère de contrôle")
    return text


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(readable)]
Line = Annotated[_Text, Field(max_length=200)]
Prose = Annotated[_Text, Field(max_length=5_000)]
Place = Annotated[str, StringConstraints(pattern=r"^([0-9][0-9AB][0-9]{3}|[0-9][0-9AB]|97[0-9]|[0-9]{9})$")]
"""INSEE code of a commune or a département, or SIREN."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Temporal(_Part):
    """The days that the data speaks of, both included; one of them may be open."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is None and self.end is None:
            raise ValueError("Donnez « start », « end », ou les deux")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise ValueError("« start » doit précéder « end »")
        return self


class Contact(_Part):
    """Whom to ask about the data."""

    name: Line | None = None
    email: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[A-Za-z]{2,}$")
    ] = Field(description="Adresse de service : elle est publiée avec le jeu de données.")


class Said(_Part):
    """What a producer says of a data set, and may change."""

    title: Line
    description: Prose
    licence: Licence = Field(default=Licence.ETALAB_2, description="Identifiant SPDX ; Licence Ouverte 2.0 par défaut.")
    theme: Theme = Field(description="Thème de données européen (vocabulaire data-theme).")
    frequency: Frequency = Field(
        default=Frequency.UNKNOWN, description="Fréquence de mise à jour (vocabulaire européen frequency)."
    )
    temporal: Temporal | None = Field(default=None, description="Jours dont parlent les données.")
    spatial: list[Place] = Field(
        default=[],
        max_length=600,
        description="Codes INSEE de communes ou de départements, ou SIREN d'intercommunalités ; "
        "à la création, le territoire de l'organisme par défaut.",
    )
    contact: Contact | None = Field(default=None, description="À qui s'adresser.")

    def about(self) -> dict[str, Any]:
        """What `catalog.dataset` keeps of it beside the title."""
        return self.model_dump(mode="json", exclude={"title"})


class DatasetIn(Said):
    """A free data set to be."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    organisation: str = Field(
        min_length=1,
        max_length=20,
        description="SIREN, SIRET ou code INSEE de l'organisme dont ce sont les données.",
        examples=["213103955"],
    )
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)] | None = Field(
        default=None,
        description="Ce qui nomme le jeu de données dans son adresse ; tiré du titre par défaut.",
        examples=["comptages-routiers"],
    )
    schema_: dict[str, Any] = Field(
        alias="schema",
        description="Table Schema : `fields`, et si besoin `primaryKey` et `missingValues`. "
        "POST /v1/schemas/infer en propose un d'après un fichier.",
        examples=[{"fields": [{"name": "jour", "type": "date"}, {"name": "vehicules", "type": "integer"}]}],
    )


def merged(known: Any, patch: Any) -> Any:
    """A JSON Merge Patch (RFC 7396) applied: null takes a member away."""
    if not isinstance(patch, dict):
        return patch
    after = dict(known) if isinstance(known, dict) else {}
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = merged(after.get(name), value)
    return after
