"""The profile of a data set as its preview shows it."""

from typing import Any

import orjson

from services.catalog.view import DatasetView
from shared.models import CatalogProfile


def show_preview(view: DatasetView, profile: CatalogProfile | None) -> dict[str, Any]:
    """A `PreviewOut`, with what PostgreSQL wrote as it wrote it. `profile`: None while nothing is measured."""
    path = f"/v1/datasets/{view.dataset_id}"
    return {
        "dataset": view.dataset_id,
        "version": None if profile is None else profile.version,
        "rows": 0 if profile is None else profile.rows,
        "measured_at": None if profile is None else profile.measured_at,
        "columns": [] if profile is None else orjson.Fragment(profile.columns),
        "head": [] if profile is None else orjson.Fragment(profile.head),
        "links": {"dataset": path, "records": f"{path}/records", "table_schema": f"{path}/schema"},
    }
