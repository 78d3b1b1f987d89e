"""Documents made by hand: the services' own are merged in test_gateway."""

import pytest
from fastapi import APIRouter, FastAPI

from services.cli.merged_api import PathClash, merge_documents, owned_segment, path_table


def document(path: str, schema: dict[str, object], **more: object) -> dict[str, object]:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "one", "version": "1"},
        "paths": {path: {"get": {"security": [{"Key": []}], "responses": {"200": answer}}}},
        "components": {
            "schemas": {"Out": schema, "Outer": {"properties": {"a": {"$ref": "#/components/schemas/Out"}}}}
        },
        **more,
    }


def merged(**documents: dict[str, object]) -> dict[str, object]:
    return merge_documents(documents, title="All", description="Everything")


def test_components_that_are_equal_stay_one():
    whole = merged(a=document("/v1/a", {"type": "object"}), b=document("/v1/b", {"type": "object"}))
    assert set(whole["paths"]) == {"/v1/a", "/v1/b"}
    assert set(whole["components"]["schemas"]) == {"Out", "Outer"}


def test_a_component_that_differs_is_renamed_with_what_refers_to_it():
    whole = merged(a=document("/v1/a", {"type": "object"}), b=document("/v1/b", {"type": "string"}))
    schemas = whole["components"]["schemas"]
    assert schemas["Out"] == {"type": "object"}
    assert schemas["BOut"] == {"type": "string"}
    answer = whole["paths"]["/v1/b"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/BOut"}


def test_what_refers_to_a_renamed_component_is_no_longer_the_same():
    whole = merged(a=document("/v1/a", {"type": "object"}), b=document("/v1/b", {"type": "string"}))
    schemas = whole["components"]["schemas"]
    assert schemas["Outer"]["properties"]["a"] == {"$ref": "#/components/schemas/Out"}
    assert schemas["BOuter"]["properties"]["a"] == {"$ref": "#/components/schemas/BOut"}


def test_a_security_scheme_is_renamed_where_it_is_required():
    documents = {
        name: {
            "openapi": "3.1.0",
            "info": {"title": name, "version": "1"},
            "paths": {f"/v1/{name}": {"get": {"security": [{"Key": []}]}}},
            "components": {"securitySchemes": {"Key": {"type": "apiKey", "name": name, "in": "header"}}},
        }
        for name in ("a", "b")
    }
    whole = merged(**documents)
    assert set(whole["components"]["securitySchemes"]) == {"Key", "BKey"}
    assert whole["paths"]["/v1/b"]["get"]["security"] == [{"BKey": []}]


def test_a_path_defined_twice_is_a_mistake():
    with pytest.raises(PathClash):
        merged(a=document("/v1/a", {}), b=document("/v1/a", {}))


def test_tags_are_listed_once():
    tag = {"name": "Dépôts", "description": "…"}
    whole = merged(a=document("/v1/a", {}, tags=[tag]), b=document("/v1/b", {}, tags=[tag]))
    assert whole["tags"] == [tag]


def test_two_services_may_not_share_a_segment():
    def app(path: str) -> FastAPI:
        router = APIRouter()
        router.add_api_route(path, lambda: None)
        made = FastAPI()
        made.include_router(router)
        return made

    assert path_table({"a": app("/v1/x/{id}"), "b": app("/v1/y")}) == {"/v1/x": "a", "/v1/y": "b"}
    with pytest.raises(PathClash):
        path_table({"a": app("/v1/x"), "b": app("/v1/x/{id}")})


@pytest.mark.parametrize(
    ("path", "segment"),
    [("/v1/deposits", "/v1/deposits"), ("/v1/deposits/7/file", "/v1/deposits"), ("/", "/"), ("/docs", "/docs")],
)
def test_a_path_belongs_to_its_first_two_segments(path: str, segment: str):
    assert owned_segment(path) == segment
