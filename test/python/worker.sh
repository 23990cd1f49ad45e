#!/bin/sh
# The Python worker: installed by pip as users do, its types, its tests, fleets of both languages on SQS, Redis and ElasticMQ, kernels in Python, and `manyhands conform`, in an environment with what worker-requirements.txt pins.
# NODE names the interpreter of manyhands (default: the one that npm ci installed).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
VENV=${VENV:-"$here/.venv-worker"}
export VENV
python=$("$here/venv.sh" worker-requirements.txt)
export VIRTUAL_ENV="$VENV"
node=${NODE:-"$root/node_modules/.bin/node"}

# From a copy: setuptools builds beside the sources.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$root/workers/python" "$copy/worker"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall "$copy/worker"

cd "$root/workers/python"
"$python" -m mypy --strict --config-file "$root/mypy.ini" src
"$python" -m mypy --strict --config-file "$root/mypy.ini" tests
"$python" -m pytest -q tests
"$node" "$root/test/python/mixed-fleet.ts" "$python" -m manyhands worker --workers 1 --allow-uploads
(cd "$root" && SLOW=1 PATH="$root/node_modules/.bin:$PATH" vitest run --project slow test/slow/python-kernels.test.ts)
if command -v redis-server >/dev/null; then
  "$node" "$root/test/python/redis-fleet.ts" "$python" -m manyhands worker
  "$node" "$root/cli/main.js" conform --redis -- "$python" -m manyhands worker --workers 1
else
  echo "Skipped, since no redis-server is on PATH: a fleet of both languages, and conform, on Redis" >&2
fi
"$node" "$root/cli/main.js" conform -- "$python" -m manyhands worker --workers 2
"$node" "$root/test/python/without-aws.ts" "$python" -m manyhands worker
