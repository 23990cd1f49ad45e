#!/bin/sh
# Installs what experiments/peers measures into .peers beside this file, which git ignores, and nothing anywhere else:
# Python packages (0.7 GB; PYTHON names the interpreter, 3.11), BullMQ, Redis from Debian, and the C program, built by gcc.
# experiments/lost-tasks uses the same ones.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
peers="$here/.peers"
mkdir -p "$peers/bin" "$peers/debian"

"${PYTHON:-python3}" -m venv "$peers/venv"
"$peers/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
  --no-deps --only-binary :all: --no-binary hotqueue --requirement "$here/requirements.txt"
"$peers/venv/bin/python" -m pip check --disable-pip-version-check

npm install --prefix "$peers/node" --no-save --ignore-scripts --silent bullmq@6.7.0 ioredis@5.9.3

gcc -O3 -march=native -ffp-contract=off -pthread -Wall -o "$peers/bin/threads" "$here/programs/threads.c"

if ! command -v redis-server > "$peers/redis-server.path"; then
  # Unpacked, not installed: the system stays as it is.
  (cd "$peers/debian" && apt-get download redis-server redis-tools libjemalloc2 liblzf1)
  for package in "$peers"/debian/*.deb; do dpkg -x "$package" "$peers/debian/root"; done
  for libraries in "$peers"/debian/root/usr/lib/*-linux-gnu; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$libraries" "$peers/debian/root/usr/bin/redis-server" \
      > "$peers/bin/redis-server"
  done
  chmod +x "$peers/bin/redis-server"
else
  ln -sf "$(cat "$peers/redis-server.path")" "$peers/bin/redis-server"
fi
rm -f "$peers/redis-server.path"
"$peers/bin/redis-server" --version
