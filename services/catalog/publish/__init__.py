"""Publication: load → diff → snapshot → flip. Everything long comes before the one transaction that counts."""

from services.catalog.publish.job import PublishTools, publish_deposit

__all__ = ["PublishTools", "publish_deposit"]
