from shared.reference import (
    load_communes,
    load_departements,
    load_epci,
    load_former_communes,
    load_version,
)


def test_haute_garonne_has_its_586_communes() -> None:
    communes = load_communes(["31"])
    assert len(communes) == 586
    assert {commune.departement for commune in communes} == {"31"}
    assert len({commune.slug for commune in communes}) == 586
    assert all(commune.siren and commune.epci_siren and commune.postal_codes for commune in communes)


def test_a_commune_is_described() -> None:
    dodon = next(commune for commune in load_communes(["31"]) if commune.code == "31239")
    assert (dodon.name, dodon.slug, dodon.siren) == ("L'Isle-en-Dodon", "l-isle-en-dodon", "213102395")
    assert dodon.postal_codes == ("31230",)
    assert dodon.population
    assert dodon.region == "76"


def test_all_of_france_has_unique_codes_and_slugs() -> None:
    communes = load_communes()
    assert 34_000 < len(communes) < 36_000
    assert len({commune.code for commune in communes}) == len(communes)
    assert len({commune.slug for commune in communes}) == len(communes)
    assert [commune.code for commune in communes] == sorted(commune.code for commune in communes)


def test_namesakes_carry_their_insee_code() -> None:
    revels = [commune.slug for commune in load_communes() if commune.name == "Revel"]
    assert "revel-31451" in revels
    assert "revel" in [commune.slug for commune in load_communes(["31"])]


def test_intercommunalities_come_with_their_members_of_every_departement() -> None:
    by_siren = {epci.siren: epci for epci in load_epci(["31"])}
    sicoval, tarn_agout = by_siren["243100633"], by_siren["200034023"]
    assert "31254" in sicoval.commune_codes
    assert sicoval.kind == "CA"
    assert tarn_agout.departements == ("31", "81")
    assert len(tarn_agout.commune_codes) > 10


def test_every_commune_belongs_to_the_intercommunality_it_names() -> None:
    members = {code: epci.siren for epci in load_epci() for code in epci.commune_codes}
    for commune in load_communes():
        assert commune.epci_siren == members.get(commune.code)


def test_former_communes_lead_to_a_commune_of_today() -> None:
    today = {commune.code: commune for commune in load_communes()}
    former = load_former_communes()
    assert {each.kind for each in former} == {"deleguee", "associee", "arrondissement", "fusionnee"}
    assert all(each.commune_code in today for each in former)
    codes = {each.code for each in former}
    assert all(code in codes for commune in today.values() for code in commune.former_codes)


def test_a_commune_deleguee_keeps_its_name() -> None:
    lunax = next(each for each in load_former_communes(["31"]) if each.code == "31307")
    assert (lunax.name, lunax.kind, lunax.commune_code) == ("Lunax", "deleguee", "31412")


def test_departements_are_listed() -> None:
    by_code = {each.code: each for each in load_departements()}
    assert by_code["31"].slug == "haute-garonne"
    assert {"2A", "2B", "971"} <= by_code.keys()


def test_the_vintage_is_named() -> None:
    assert load_version().startswith("cog-20")
