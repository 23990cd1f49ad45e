"""The kernels of examples/kernels: run, opened in xarray, and computed again, independently, in numpy.

    test/python/.venv/bin/python test/python/examples.py

writes test/fixtures/examples.json: a few cells of each for the TypeScript tests. check.py compares the file with that.
"""

from __future__ import annotations

import json
import math
import subprocess
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import xarray

from checks import Checks, expect, expect_equal

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = Path("test", "fixtures", "examples.json")
KERNELS = Path("examples", "kernels")


def black_scholes(
    spot: float, volatility: float, maturity: float, strike: float = 100, rate: float = 0.03, option: str = "call"
) -> float:
    spread = volatility * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * maturity) / spread
    sign = 1 if option == "call" else -1
    discounted = strike * math.exp(-rate * maturity)
    return sign * (spot * normal(sign * d1) - discounted * normal(sign * (d1 - spread)))


def normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def epidemic(contacts: float, day: float, illness: float = 7, first: float = 0.0001) -> dict[str, float]:
    ill, spared = first, 1 - first
    for _ in range(round(day * 20)):
        infected, recovered = contacts * ill * spared / 20, ill / illness / 20
        ill, spared = ill + infected - recovered, spared - infected
    return {"ill": ill, "spared": spared}


def gray_scott(feed: float, kill: float, steps: int) -> dict[str, float]:
    u, v = np.ones((48, 48)), np.zeros((48, 48))
    v[20:28, 17:29] = 0.5
    for _ in range(steps):
        reaction = u * v * v
        u, v = u + 0.2 * spread(u) - reaction + feed * (1 - u), v + 0.1 * spread(v) + reaction - (feed + kill) * v
    return {"coverage": float((v > 0.1).mean()), "contrast": float(v.std())}


def spread(u: np.ndarray) -> np.ndarray:
    return np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u


def golden() -> dict:
    options = [(60, 0.05, 0.05, "call"), (100, 0.2, 1, "call"), (100, 0.2, 1, "put"), (139, 0.6, 4.5, "put")]
    cells = [(0.018, 0.05), (0.035, 0.06), (0.06, 0.062)]
    return {
        "generator": "test/python/examples.py",
        "black-scholes": [
            {
                "inputs": {"spot": spot, "volatility": volatility, "maturity": maturity, "option": option},
                "values": {"price": black_scholes(spot, volatility, maturity, option=option)},
            }
            for spot, volatility, maturity, option in options
        ],
        "epidemic": [
            {"inputs": {"contacts": contacts, "day": day}, "values": epidemic(contacts, day)}
            for contacts, day in [(0.1, 0), (0.5, 30), (0.9, 159.5)]
        ],
        "gray-scott": [
            {"inputs": {"feed": feed, "kill": kill, "steps": 300}, "values": gray_scott(feed, kill, 300)}
            for feed, kill in cells
        ],
    }


def check(checks: Checks, command: list[str], repository: Path, temporary: Path) -> None:
    checks.run("the examples' golden cells", partial(check_fixture, repository))
    for name, (options, compare) in {
        "black-scholes": (["--points", "20x15x10"], compare_black_scholes),
        "asian-option": (["--points", "12x10", "--fixings", "1"], compare_asian_option),
        "epidemic": (["--points", "10x40"], compare_epidemic),
        "gray-scott": (["--points", "4x3", "--steps", "300"], compare_gray_scott),
    }.items():
        folder = temporary / f"example-{name}"
        file = repository / KERNELS / f"{name}.ts"
        checks.run(f"example {name}", partial(check_example, [*command, str(file), *options], folder, compare))


def check_fixture(repository: Path) -> None:
    expect_equal("the fixture", json.loads((repository / FIXTURE).read_text()), golden())


def check_example(command: list[str], folder: Path, compare) -> str:
    done = subprocess.run(
        [*command, "--engine", "serial", "--out", str(folder), "--quiet", "--no-plots"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compare(xarray.open_zarr(str(folder / "array")).load())


def compare_black_scholes(dataset: xarray.Dataset) -> str:
    price = dataset["price"]
    expect_equal("units", [price.attrs["units"], dataset["maturity"].attrs["units"]], ["EUR", "years"])
    ratios = dataset["maturity"].values[1:] / dataset["maturity"].values[:-1]
    expect(np.ptp(ratios) < 1e-14, "expected the maturities in even ratios")
    return worst(price, np.vectorize(black_scholes), 1e-12)


def compare_asian_option(dataset: xarray.Dataset) -> str:
    """The average of one price is that price: the option has a formula then, about which the means scatter."""
    expect(dataset["error"].dtype == np.float32, "expected errors in float32")
    exact = np.vectorize(black_scholes)(*np.meshgrid(dataset["spot"], dataset["volatility"], indexing="ij"), 1.0)
    certain = dataset["error"].values > 0.01
    off = ((dataset["mean"].values - exact) / dataset["error"].values)[certain]
    expect(off.size > 100, f"expected more than 100 cells with an error, got {off.size}")
    is_normal = abs(off.mean()) < 0.4 and 0.7 < off.std() < 1.3
    expect(is_normal, f"expected errors about normal, got {off.mean()} ± {off.std()}")
    return f"means are off by {off.mean():.2f} ± {off.std():.2f} standard errors"


def compare_epidemic(dataset: xarray.Dataset) -> str:
    return ", ".join(
        worst(dataset[name], np.vectorize(lambda contacts, day: epidemic(contacts, day)[name]), 1e-13)  # noqa: B023
        for name in ("ill", "spared")
    )


def compare_gray_scott(dataset: xarray.Dataset) -> str:
    return ", ".join(
        worst(dataset[name], np.vectorize(lambda feed, kill: gray_scott(feed, kill, 300)[name]), 1e-7)  # noqa: B023
        for name in ("coverage", "contrast")
    )


def worst(found: xarray.DataArray, function, tolerance: float) -> str:
    """Every cell, by its labels, against a function of them."""
    grid = np.meshgrid(*(found[name].values for name in found.dims), indexing="ij")
    off = float(np.abs(found.values - function(*grid)).max())
    expect(off <= tolerance, f"expected {found.name} within {tolerance}, got {off}")
    return f"{found.size} cells of {found.name} within {off:.1e}"


if __name__ == "__main__":
    (REPOSITORY / FIXTURE).write_text(json.dumps(golden(), indent=2) + "\n")
