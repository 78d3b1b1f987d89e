"""Legal projections of French territories, against points computed with PROJ's own formulas."""

import numpy as np
import pytest

from services.validator.checks.bal_projection import TERRITORIES, project

POINTS = [
    ("Paris, 20 avenue de Ségur", 2.30831, 48.850244, 649242.57, 6861355.85),
    ("the west of Lambert-93", -9.859545, 42.035188, -362285.46, 6190546.65),
    ("Antilles", -61.104980, 17.937947, 700711.65, 1984342.75),
    ("Guyane", -50.452809, 4.043779, 560738.99, 446987.0),
    ("La Réunion", 56.391385, -19.150249, 436000.14, 7882436.2),
    ("Mayotte", 46.540826, -11.954062, 667779.9, 8678058.68),
    ("Saint-Pierre-et-Miquelon", -56.008641, 46.691342, 575801.36, 5171342.23),
    ("Nouvelle-Calédonie", 168.002771, -20.853845, 608416.48, 370200.73),
    ("Polynésie, zone 5", -153.501523, -15.023759, 446087.91, 8338985.03),
    ("Polynésie, zone 6", -146.389547, -17.900313, 564661.34, 8020737.46),
    ("Polynésie, zone 7", -141.573596, -10.869859, 437309.86, 8798351.12),
    ("Polynésie, zone 8", -136.983911, -20.738543, 293426.47, 7705521.31),
    ("Wallis", -176.772133, -13.644478, 524645.91, 8491562.98),
]


@pytest.mark.parametrize(("place", "long", "lat", "x", "y"), POINTS)
def test_a_known_point_is_projected_to_the_decimetre(place: str, long: float, lat: float, x: float, y: float) -> None:
    found_x, found_y = project(np.array([long]), np.array([lat]))
    assert abs(found_x[0] - x) < 0.15, place  # six decimals of a degree are a decimetre
    assert abs(found_y[0] - y) < 0.15, place


@pytest.mark.parametrize(
    ("long", "lat"), [(0.0, 0.0), (-18.98, 65.08), (43.6, 1.44), (np.nan, 48.0), (2.0, np.nan), (np.inf, 48.0)]
)
def test_a_point_out_of_france_is_nowhere(long: float, lat: float) -> None:
    x, y = project(np.array([long]), np.array([lat]))
    assert np.isnan(x[0])
    assert np.isnan(y[0])


def test_the_edges_of_a_territory_belong_to_it_and_the_first_territory_wins() -> None:
    corners = np.array([each.west for each in TERRITORIES]), np.array([each.south for each in TERRITORIES])
    assert not np.isnan(project(*corners)[0]).any()
    zone_5, zone_6 = (each.project for each in TERRITORIES if each.name.endswith(("(UTM 5 sud)", "(UTM 6 sud)")))
    meridian = np.array([-150.0]), np.array([-17.0])
    assert project(*meridian)[0] == pytest.approx(zone_5(*meridian)[0], abs=0.01)
    assert project(*meridian)[0] != pytest.approx(zone_6(*meridian)[0], abs=0.01)
