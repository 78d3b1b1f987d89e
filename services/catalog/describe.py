"""Records as answers: data sets and versions with their schema, licence and links."""

from services.catalog.bodies import (
    LICENCE_OUVERTE,
    CountsOut,
    DatasetLinks,
    DatasetMeta,
    DatasetOut,
    OrganisationOut,
    OverlapsRef,
    SchemaOut,
    SnapshotOut,
    VersionOut,
)
from services.catalog.datasets import DatasetRow
from shared.models import CatalogVersion, VersionMode
from shared.registry import Registry


def dataset_out(row: DatasetRow, *, registry: Registry, overlaps: int | None = None) -> DatasetOut:
    """A data set with what the registry says of its schema."""
    dataset, organisation = row
    schema = registry.get(dataset.schema_name)
    path = f"/v1/datasets/{dataset.id}"
    return DatasetOut(
        id=dataset.id,
        title=dataset.title,
        description=schema.dataset.description,
        theme=schema.dataset.theme,
        schema_=_schema_out(registry, dataset.schema_name, None),
        organisation=None
        if organisation is None
        else OrganisationOut(siren=organisation.siren, name=organisation.name),
        version=dataset.current_version,
        rows=dataset.rows,
        created_at=dataset.created_at,
        updated_at=dataset.updated_at,
        licence=LICENCE_OUVERTE,
        links=DatasetLinks(
            self=path,
            records=f"{path}/records",
            csv=f"{path}/exports/csv",
            versions=f"{path}/versions",
            changes=f"{path}/changes",
            atom=f"{path}/changes.atom",
            schema_=f"/v1/schemas/{dataset.schema_name}",
        ),
        meta=DatasetMeta(overlaps=None if overlaps is None else OverlapsRef(count=overlaps, href=f"{path}/overlaps")),
    )


def version_out(version: CatalogVersion, *, registry: Registry) -> VersionOut:
    """A version as it was published."""
    updated = version.rows_updated
    counts = CountsOut(
        inserted=version.rows_inserted - updated,
        updated=updated,
        deleted=version.rows_closed - updated,
        unchanged=version.rows_unchanged,
    )
    return VersionOut(
        dataset=version.dataset_id,
        number=version.number,
        publication=version.publication,
        deposit_id=version.deposit_id,
        schema_=_schema_out(registry, version.schema_name, version.schema_version),
        mode=VersionMode(version.mode),
        equals=version.equals_number,
        slices=[one for one in version.slices if one],
        counts=counts,
        rows=version.rows,
        rows_inserted=version.rows_inserted,
        rows_closed=version.rows_closed,
        published_at=version.published_at,
        purged_at=version.purged_at,
        snapshot=SnapshotOut(sha256=version.snapshot_sha256, size_bytes=version.snapshot_bytes),
    )


def _schema_out(registry: Registry, name: str, version: str | None) -> SchemaOut:
    return SchemaOut(name=name, version=version, title=registry.get(name).title, href=f"/v1/schemas/{name}")
