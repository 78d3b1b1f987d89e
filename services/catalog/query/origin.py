"""Where a row of a whole table comes from, to filter by: facts of the data set or of the version that brought it, which
are looked up once and not for each row."""

from collections.abc import Mapping

from services.catalog.query.statement import Parameters
from services.catalog.view import DatasetView
from shared.rows import TEXT, RowColumn

_DATASETS = "dataset_id IN (SELECT d.number FROM catalog.dataset AS d {join}WHERE d.schema_name = "
_VERSIONS = "from_publication IN (SELECT v.publication FROM catalog.version AS v WHERE v.schema_name = "
_ORGANISATIONS = "JOIN ingest.organisation AS o ON o.siren = d.organisation_siren "

ROWS_OF: Mapping[str, str] = {
    "organisation_siren": _DATASETS.format(join=""),
    "organisation_nom": _DATASETS.format(join=_ORGANISATIONS),
    "deposit_id": _VERSIONS,
    "version": _VERSIONS,
}

COLUMNS: Mapping[str, RowColumn] = {
    "organisation_siren": RowColumn("organisation_siren", '(d.organisation_siren COLLATE "C")', TEXT, "string", False),
    "organisation_nom": RowColumn("organisation_nom", '(o.name COLLATE "C")', TEXT, "string", False),
    "deposit_id": RowColumn("deposit_id", '(v.deposit_id::text COLLATE "C")', TEXT, "string", False),
    "version": RowColumn("version", "v.number", "bigint", "integer", False),
}
"""Columns of what is looked up, by the names of `ORIGIN_FIELDS`."""


def origin_of(field: str, view: DatasetView) -> RowColumn | None:
    """The column of a name that tells where rows come from; None for any other."""
    return COLUMNS.get(field) if view.is_consolidated else None


def rows_whose(origin: RowColumn, holds: str, view: DatasetView, parameters: Parameters) -> str:
    """SQL over the row table: the rows of which `holds`, SQL over the origin's column, is true."""
    schema = parameters.add(view.table.schema_name, "text")
    return f"{ROWS_OF[origin.field_name]}{schema} AND {holds})"
