#!/bin/sh
# Runs the notebook of examples/read-in-python: notebook.py in an environment with what both requirements pin. Arguments go to notebook.py.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
VENV=${VENV:-"$here/.venv"}
export VENV
python=$("$here/venv.sh" requirements.txt notebook-requirements.txt)
exec "$python" "$here/notebook.py" "$@"
