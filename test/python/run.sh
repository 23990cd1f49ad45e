#!/bin/sh
# The independent check: a virtual environment with what requirements.txt pins, then check.py in it.
# VENV names its folder (default: .venv beside this file, which git ignores), PYTHON the interpreter; arguments go
# to check.py.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv=${VENV:-"$here/.venv"}

"${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
  --no-deps --only-binary :all: --requirement "$here/requirements.txt"
"$venv/bin/python" -m pip check --disable-pip-version-check
exec "$venv/bin/python" "$here/check.py" "$@"
