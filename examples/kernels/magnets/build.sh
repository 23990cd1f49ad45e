#!/usr/bin/env bash
# Builds the same kernel by the compilers that are here, each into a folder of its own below build/; says which are not.
# Another folder: build.sh FOLDER. Another clang, wasm-ld, rustc, zig: CLANG, WASM_LD, RUSTC, ZIG.
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-build}

first() {
  local each
  for each in "$@"; do if command -v "$each" > /dev/null; then echo "$each" && return; fi; done
}

# Only those that can build for wasm32: clang needs wasm-ld, rustc its target's library.
clang=${CLANG-$(first clang-19 clang)}
[ -n "$(first wasm-ld-19 wasm-ld)" ] || clang=
rustc=${RUSTC-$(first /usr/bin/rustc rustc)}
rust_ld=${WASM_LD-$(first wasm-ld-14 wasm-ld)}
[ -n "$rust_ld" ] && [ -d "$(${rustc:-false} --print target-libdir --target wasm32-unknown-unknown)" ] || rustc=
if [ -z "${ZIG-}" ] && python3 -c 'import ziglang' 2> /dev/null; then ZIG='python3 -m ziglang'; fi
zig=${ZIG-$(first zig)}
asc=$(PATH=$PWD/../../../node_modules/.bin:$PATH && first asc)

# Runs a compiler for build/<language>/magnets.wasm, unless it is missing; a manifest that is not within lies beside.
build() {
  local language=$1 compiler=$2
  shift 2
  if [ -z "$compiler" ]; then echo "$language: no compiler" && return; fi
  mkdir -p "$out/$language"
  if "$@"; then echo "$language: $out/$language/magnets.wasm"; else echo "$language: failed" && exit 1; fi
}

c() { $clang --target=wasm32 -O3 -nostdlib -fno-math-errno -Wl,--no-entry -o "$out/c/magnets.wasm" magnets.c; }
c_fill() { $clang --target=wasm32 -O3 -nostdlib -msimd128 -Wl,--no-entry -o "$out/c-fill/magnets.wasm" magnets-fill.c; }
rust() {
  $rustc --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=3 -C strip=symbols -C "linker=$rust_ld" \
    -o "$out/rust/magnets.wasm" magnets.rs
}
zig() {
  $zig build-exe magnets.zig -target wasm32-freestanding -O ReleaseFast -fno-entry --export=point \
    "-femit-bin=$out/zig/magnets.wasm" && cp magnets.json "$out/zig/"
}
assemblyscript() {
  "$asc" assemblyscript/magnets.ts -O3 --runtime stub --use abort= -o "$out/assemblyscript/magnets.wasm" \
    && cp magnets.json "$out/assemblyscript/"
}

build c "$clang" c
build c-fill "$clang" c_fill
build rust "$rustc" rust
build zig "$zig" zig
build assemblyscript "$asc" assemblyscript
