#!/bin/sh
# Types, lint and format of all Python, and shellcheck of all shell scripts, by the tools that lint-requirements.txt pins.
# VENV names the folder of their virtual environment (default: .venv-lint beside this file, which git ignores).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
bin=$(dirname "$(VENV=${VENV:-"$here/.venv-lint"} "$here/venv.sh" lint-requirements.txt)")

cd "$here/../.."
"$bin/ruff" check --quiet
"$bin/ruff" format --check --quiet
for folder in tools/localstack/plugin test/python test/helpers experiments/peers/programs; do
  (cd "$folder" && "$bin/mypy" --config-file "$OLDPWD/mypy.ini" --cache-dir "$OLDPWD/.mypy_cache" .)
done
"$bin/shellcheck" .ci/run test/python/*.sh experiments/peers/install.sh examples/kernels/magnets/build.sh
echo "Python and shell scripts are in order."
