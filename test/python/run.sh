#!/bin/sh
# The independent check: check.py in the virtual environment of venv.sh. Arguments go to check.py.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec "$("$here/venv.sh")" "$here/check.py" "$@"
