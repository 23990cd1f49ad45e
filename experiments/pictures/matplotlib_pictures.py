"""Draws what manyhands has drawn once more by matplotlib, and puts the two side by side: `run.sh` calls it.

One argument: a folder with the jobs that run.sh computed. Writes side-<name>.png there.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import CenteredNorm, LogNorm, Normalize
from PIL import Image

FOLDER = Path(sys.argv[1])


def axes_of(job):
    """Coordinates of the job's axes, in its order, with their labels."""
    for axis in job["spec"]["axes"]:
        declared = job["declaration"]["inputs"][axis["input"]]
        label = declared["about"] or axis["input"]
        unit = declared.get("unit", "")
        if axis["rule"] == "list":
            points = axis["points"]
        else:
            steps = axis["step"] * np.arange(axis["count"])
            points = axis["from"] * np.exp(steps) if axis["rule"] == "log" else axis["from"] + steps
        yield points, f"{label} ({unit})" if unit else label


def norm_of(values, name):
    if name.startswith("mandelbrot"):
        return LogNorm(1, values.max())
    return CenteredNorm() if "height" in name else Normalize(np.nanmin(values), np.nanmax(values))


def heatmap(name, values, axes, colormap, label):
    (ys, y_label), (xs, x_label) = axes
    fig, ax = plt.subplots(figsize=(7.8, 6))
    mesh = ax.pcolormesh(xs, ys, values, cmap=colormap, norm=norm_of(values, name), shading="nearest")
    if "frequency" in x_label:
        ax.set_xscale("log")
    fig.colorbar(mesh, label=label)
    ax.set(xlabel=x_label, ylabel=y_label, title=name)
    return fig


def surface(name, values, axes, colormap, label):
    (ys, y_label), (xs, x_label) = axes
    fig = plt.figure(figsize=(9, 7))
    ax = fig.add_subplot(projection="3d")
    z = np.log10(np.maximum(values, 1)) if name.startswith("mandelbrot") else values
    drawn = ax.plot_surface(*np.meshgrid(xs, ys), z, cmap=colormap, rcount=200, ccount=200, linewidth=0)
    fig.colorbar(drawn, label=label)
    ax.set(xlabel=x_label, ylabel=y_label, zlabel=label, title=name)
    return fig


def profile(name, values, axes, label):
    ((xs, x_label),) = axes
    fig, ax = plt.subplots(figsize=(8.6, 5.4))
    ax.plot(xs, values, "o-" if len(xs) <= 40 else "-")
    ax.set(xlabel=x_label, ylabel=label, title=name)
    ax.grid(True)
    return fig


def beside(ours, fig, to):
    theirs = to.with_name("matplotlib.png")
    fig.savefig(theirs, dpi=100)
    plt.close(fig)
    images = [Image.open(path).convert("RGB") for path in (ours, theirs)]
    both = Image.new("RGB", (sum(i.width for i in images), max(i.height for i in images)), "white")
    both.paste(images[0], (0, 0))
    both.paste(images[1], (images[0].width, 0))
    both.save(to)
    theirs.unlink()


for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
    job = json.loads((folder / "job.json").read_text())
    axes = list(axes_of(job))
    colormap = {"rdbu-r": "RdBu_r"}.get(job["output"]["colormap"], job["output"]["colormap"])
    declared = job["declaration"]["values"]
    for value in declared:
        suffix = f"-{value['name']}" if len(declared) > 1 else ""
        values = np.load(folder / f"result{suffix}.npy")
        label = f"{value['about']} ({value['unit']})"
        name = folder.name + suffix
        if len(axes) == 1:
            fig = profile(name, values, axes, label)
            beside(folder / f"heatmap{suffix}.png", fig, FOLDER / f"side-{name}.png")
            continue
        for kind, draw in (("heatmap", heatmap), ("surface", surface)):
            fig = draw(name, values, axes, colormap, label)
            beside(folder / f"{kind}{suffix}.png", fig, FOLDER / f"side-{kind}-{name}.png")
