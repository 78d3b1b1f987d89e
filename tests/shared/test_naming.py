"""Names in OpenAPI documents that programs made from them bear."""

import pytest

from shared.web.naming import tag_name, with_plain_tags


@pytest.mark.parametrize(
    ("title", "name"),
    [("Jeux de données", "jeux-de-donnees"), ("Piste d'audit", "piste-d-audit"), ("Clés", "cles"), ("État", "etat")],
)
def test_a_group_bears_a_name_that_programs_can_bear(title: str, name: str) -> None:
    assert tag_name(title) == name


def test_what_people_read_of_a_group_stays_beside_its_name() -> None:
    document = with_plain_tags({"paths": {"/v1/deposits": {"get": {"tags": ["Dépôts"]}, "post": {"tags": ["Dépôts"]}}}})
    assert document["paths"]["/v1/deposits"]["post"]["tags"] == ["depots"]
    assert document["tags"] == [{"name": "depots", "x-displayName": "Dépôts", "description": "Dépôts"}]
