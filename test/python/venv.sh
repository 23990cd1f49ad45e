#!/bin/sh
# Makes the virtual environment with what requirements.txt, or the files that are named, by their paths from here, pin; prints its interpreter.
# VENV names its folder (default: .venv beside this file, which git ignores), PYTHON the interpreter to make it with.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=${VENV:-"$here/.venv"}

"${PYTHON:-python3}" -m venv "$venv"
for file in "${@:-requirements.txt}"; do
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --only-binary :all: --requirement "$here/$file" >&2
done
"$venv/bin/python" -m pip check --disable-pip-version-check >&2
echo "$venv/bin/python"
