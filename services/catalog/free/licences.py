"""The licences that a free data set may be under."""

from collections.abc import Mapping

from services.catalog.bodies import LICENCE_OUVERTE, LicenceOut
from services.catalog.free.said import Licence
from shared.models import CatalogDataset

LICENCES: Mapping[str, LicenceOut] = {
    one.id: one
    for one in (
        LICENCE_OUVERTE,
        LicenceOut(
            id=Licence.ODBL_1,
            title="Open Database License 1.0",
            url="https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        LicenceOut(
            id=Licence.CC_BY_4,
            title="Creative Commons Attribution 4.0",
            url="https://creativecommons.org/licenses/by/4.0/",
        ),
        LicenceOut(
            id=Licence.CC_BY_SA_4,
            title="Creative Commons Attribution – Partage dans les mêmes conditions 4.0",
            url="https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        LicenceOut(
            id=Licence.CC0_1,
            title="Creative Commons Zéro 1.0",
            url="https://creativecommons.org/publicdomain/zero/1.0/",
        ),
    )
}
"""By SPDX identifier."""


def licence_of(dataset: CatalogDataset) -> LicenceOut:
    """What its producer said; of data sets with a national schema, always the Licence Ouverte."""
    return LICENCES[dataset.about["licence"]] if dataset.about else LICENCE_OUVERTE
