"""Records as answers: data sets and versions with their schema, licence and links."""

from services.catalog.bodies import (
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
from services.catalog.discover.known import formats_of
from services.catalog.free.licences import licence_of
from services.catalog.overlaps import Overlaps
from shared.freshness import Freshness
from shared.models import CatalogVersion, VersionMode
from shared.registry import Registry


def dataset_out(
    row: DatasetRow, *, registry: Registry, freshness: Freshness, overlaps: Overlaps | None = None
) -> DatasetOut:
    """A data set with what the registry says of its schema."""
    dataset, organisation = row
    schema, about = registry.get(dataset.schema_name), dataset.about or {}
    path = f"/v1/datasets/{dataset.id}"
    return DatasetOut(
        id=dataset.id,
        title=dataset.title,
        description=about.get("description", schema.dataset.description),
        theme=about.get("theme", schema.dataset.theme),
        schema_=_schema_out(registry, dataset.schema_name, None),
        organisation=None
        if organisation is None
        else OrganisationOut(siren=organisation.siren, name=organisation.name),
        version=dataset.current_version,
        rows=dataset.rows,
        created_at=dataset.created_at,
        updated_at=dataset.updated_at,
        frequency=about.get("frequency", schema.frequency),
        freshness=freshness,
        formats=formats_of(schema),
        licence=licence_of(dataset),
        temporal=about.get("temporal"),
        spatial=about.get("spatial", []),
        contact=about.get("contact"),
        links=_links(path, dataset.schema_name),
        meta=DatasetMeta(
            overlaps=None
            if overlaps is None
            else OverlapsRef(count=overlaps.count, version=overlaps.version, href=f"{path}/overlaps")
        ),
    )


def dataset_headers(dataset: DatasetOut) -> dict[str, str]:
    """`Link` (RFC 8288): what describes the data, under which terms, and as what one can follow it."""
    links = {
        "describedby": (dataset.links.table_schema, "application/json"),
        "license": (dataset.licence.url, None),
        "service-desc": (dataset.links.openapi, "application/json"),
        "alternate": (dataset.links.atom, "application/atom+xml"),
    }
    written = [
        f'<{href}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
        for relation, (href, media_type) in links.items()
    ]
    return {"Link": ", ".join(written)}


def _links(path: str, schema_name: str) -> DatasetLinks:
    return DatasetLinks(
        self=path,
        records=f"{path}/records",
        csv=f"{path}/exports/csv",
        versions=f"{path}/versions",
        changes=f"{path}/changes",
        atom=f"{path}/changes.atom",
        preview=f"{path}/preview",
        openapi=f"{path}/openapi.json",
        table_schema=f"{path}/schema",
        schema_=f"/v1/schemas/{schema_name}",
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
