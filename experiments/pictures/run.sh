#!/bin/sh
# Computes six jobs in the folder $1 (which must not exist), draws them, and puts matplotlib's pictures of the same arrays beside: side-*.png.
# Needs python3 with matplotlib, numpy and pillow; PYTHON names another one. With rsvg-convert and pdftoppm, SVG and PDF are rendered too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
manyhands() { "$here/../../node_modules/.bin/node" "$here/../../cli/main.js" "$@"; }
mkdir "$1"
cd "$1"
run() { name=$1; shift; manyhands run --quiet --engine threads --npy --out "$name" "$@"; }
run mandelbrot
run pendulum double-pendulum --points 300x300 --colormap inferno
run few --y 0.1 --points 20
run many --y 0.1 --points 2000
run field "$here/field.ts" --points 120x200 --colormap rdbu-r
run words "$here/field.ts" --time 1 --frequency 2.1 --shape sine,square,sawtooth
"${PYTHON:-python3}" "$here/matplotlib_pictures.py" .
for name in mandelbrot pendulum few field; do manyhands plot "$name" --format svg,pdf --size 120x90mm; done
command -v pdftoppm rsvg-convert >/dev/null || exit 0
for file in */*.pdf; do pdftoppm -r 150 -png -singlefile "$file" "page-$(echo "${file%.pdf}" | tr / -)-pdf"; done
for file in */*.svg; do rsvg-convert -d 150 -p 150 "$file" -o "page-$(echo "${file%.svg}" | tr / -)-svg.png"; done
