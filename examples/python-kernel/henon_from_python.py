"""The same from a program of Python, which goes on with the array."""

import json
import subprocess

import numpy as np

run = ["npx", "manyhands", "run", "./henon.py", "--points", "400x400", "--npy", "--no-plots", "--json"]
result = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
counts = np.load(f"{result['folder']}/result.npy")
print(counts.sum())
