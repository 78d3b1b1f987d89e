"""Longitude and latitude to the legal projection of each French territory, for whole columns at once.

Formulas: Lambert conformal conic with two parallels (Snyder, USGS 1395, § 15) and Krüger's series of the transverse
Mercator to the sixth order, as EPSG guidance note 7-2 gives them. Territories, their bounds and projections are those
of décret 2006-272 and its successors as the national judge of addresses applies them: the first whose bounds hold the
point is taken. No shift of datum: the legal systems are WGS 84 to the metre (Wallis aside, where none is known).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Projection = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """Half its great axis (metres) and its inverse flattening."""

    half_axis: float
    inverse_flattening: float

    @property
    def flattening(self) -> float:
        return 1 / self.inverse_flattening

    @property
    def eccentricity(self) -> float:
        return float(np.sqrt(self.flattening * (2 - self.flattening)))


GRS80 = Ellipsoid(6378137.0, 298.257222101)
INTERNATIONAL_1924 = Ellipsoid(6378388.0, 297.0)


def _isometric(latitude: Floats, eccentricity: float) -> Floats:
    """Isometric latitude (radians in, radians out)."""
    sine = np.sin(latitude)
    return np.asarray(np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine))


def lambert(
    *, parallels: tuple[float, float], origin: tuple[float, float], false_origin: tuple[float, float]
) -> Projection:
    """A secant conic on GRS 80. `origin`: longitude and latitude in degrees; `false_origin`: its x and y in metres."""
    eccentricity = GRS80.eccentricity
    first, second, start = (np.asarray(np.radians(degrees)) for degrees in (*parallels, origin[1]))
    isometric_first, isometric_second = (_isometric(parallel, eccentricity) for parallel in (first, second))
    radii = [np.cos(parallel) / np.sqrt(1 - (eccentricity * np.sin(parallel)) ** 2) for parallel in (first, second)]
    exponent = float(np.log(radii[0] / radii[1]) / (isometric_second - isometric_first))
    scale = float(GRS80.half_axis * radii[0] * np.exp(exponent * isometric_first) / exponent)
    radius_of_origin = float(scale * np.exp(-exponent * _isometric(start, eccentricity)))

    def project(longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        radius = scale * np.exp(-exponent * _isometric(np.radians(latitudes), eccentricity))
        angle = exponent * np.radians(longitudes - origin[0])
        return (
            false_origin[0] + radius * np.sin(angle),
            false_origin[1] + radius_of_origin - radius * np.cos(angle),
        )

    return project


def utm(zone: int, *, south: bool = False, ellipsoid: Ellipsoid = GRS80) -> Projection:
    """Universal transverse Mercator of a zone, 1 to 60."""
    third = ellipsoid.flattening / (2 - ellipsoid.flattening)
    coefficients = _krueger(third)
    radius = ellipsoid.half_axis / (1 + third) * (1 + third**2 / 4 + third**4 / 64 + third**6 / 256)
    middle = 6 * zone - 183

    def project(longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        conformal = np.sinh(_isometric(np.radians(latitudes), ellipsoid.eccentricity))
        away = np.radians(longitudes - middle)
        north = np.arctan2(conformal, np.cos(away))
        east = np.arcsinh(np.sin(away) / np.hypot(conformal, np.cos(away)))
        y, x = north.copy(), east.copy()
        for rank, coefficient in enumerate(coefficients, start=1):
            y += coefficient * np.sin(2 * rank * north) * np.cosh(2 * rank * east)
            x += coefficient * np.cos(2 * rank * north) * np.sinh(2 * rank * east)
        return 500_000 + 0.9996 * radius * x, (10_000_000 if south else 0) + 0.9996 * radius * y

    return project


def _krueger(n: float) -> tuple[float, ...]:
    """The six coefficients of the series, from the third flattening."""
    return (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180 - 127 * n**5 / 288 + 7891 * n**6 / 37800,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440 + 281 * n**5 / 630 - 1983433 * n**6 / 1935360,
        61 * n**3 / 240 - 103 * n**4 / 140 + 15061 * n**5 / 26880 + 167603 * n**6 / 181440,
        49561 * n**4 / 161280 - 179 * n**5 / 168 + 6601661 * n**6 / 7257600,
        34729 * n**5 / 80640 - 3418889 * n**6 / 1995840,
        212378941 * n**6 / 319334400,
    )


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a legal projection holds: degrees, both ends included."""

    name: str
    west: float
    south: float
    east: float
    north: float
    project: Projection


TERRITORIES = (
    Territory(
        "France métropolitaine (Lambert-93)",
        *(-9.86, 41.15, 10.38, 51.56),
        lambert(parallels=(49, 44), origin=(3, 46.5), false_origin=(700_000, 6_600_000)),
    ),
    Territory("Antilles (UTM 20 nord)", -63.66, 14.08, -57.52, 18.54, utm(20)),
    Territory("Guyane (UTM 22 nord)", -54.6, 2.11, -49.46, 8.88, utm(22)),
    Territory("La Réunion (UTM 40 sud)", 51.83, -24.72, 58.24, -18.28, utm(40, south=True)),
    Territory("Mayotte (UTM 38 sud)", 43.68, -14.49, 46.7, -11.33, utm(38, south=True)),
    Territory("Saint-Pierre-et-Miquelon (UTM 21 nord)", -57.1, 43.41, -55.9, 47.37, utm(21)),
    Territory(
        "Nouvelle-Calédonie (Lambert)",
        *(163.55, -22.75, 168.2, -19.54),
        lambert(parallels=(-(20 + 2 / 3), -(22 + 1 / 3)), origin=(166, -21.5), false_origin=(400_000, 300_000)),
    ),
    Territory("Polynésie française (UTM 5 sud)", -155.0, -24.0, -150.0, -9.0, utm(5, south=True)),
    Territory("Polynésie française (UTM 6 sud)", -150.0, -29.0, -144.0, -13.0, utm(6, south=True)),
    Territory("Polynésie française (UTM 7 sud)", -144.0, -29.0, -138.0, -7.0, utm(7, south=True)),
    Territory("Polynésie française (UTM 8 sud)", -138.0, -25.0, -132.0, -18.0, utm(8, south=True)),
    Territory(
        "Wallis-et-Futuna (UTM 1 sud)",
        *(-177.0, -14.0, -176.0, -13.0),
        utm(1, south=True, ellipsoid=INTERNATIONAL_1924),
    ),
)
"""In the order in which they are tried."""


def project(longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
    """Legal x and y in metres, to the centimetre; NaN for a point outside of every French territory, or NaN itself."""
    x = np.full(len(longitudes), np.nan)
    y = np.full(len(longitudes), np.nan)
    waiting = np.arange(len(longitudes))
    for territory in TERRITORIES:
        if not len(waiting):
            break
        here, there = longitudes[waiting], latitudes[waiting]
        inside = (here >= territory.west) & (here <= territory.east)
        inside &= (there >= territory.south) & (there <= territory.north)
        if inside.any():
            placed = waiting[inside]
            x[placed], y[placed] = territory.project(here[inside], there[inside])
            waiting = waiting[~inside]
    return np.round(x, 2), np.round(y, 2)
