#!/usr/bin/env bash
# model-card.sh MODEL-FOLDER WORK-FOLDER [TRAINING-FIGURES]: makes the model card anew.
#
# Wraps the radiographs of ../shared as DICOM, runs `imaging-gateway model evaluate` on them (BINARY), merges the figures of
# the training's evaluate.py, and writes every page of the card. What is wrapped is removed again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
figures=${3:-}
[ -z "$figures" ] || figures=$(realpath "$figures")
python=${PYTHON:-python3}
binary=${BINARY:?names the built program}
card="$here/../../Sources/ImageClassifier/Training/card.py"

rm -rf "$work"/{images-test,images-val,test,network,validation,python.json}
trap 'rm -rf "$work"/images-test "$work"/images-val' EXIT
for part in test val; do
  (cd "$here" && "$python" wrap_as_dicom.py --part $part --out "$work/images-$part")
done
evaluate() { # evaluate PART OUT FLAGS…
  "$binary" model evaluate --model "$model" --images "$work/images-$1" --labels "$work/images-$1/labels.csv" \
    --group-column group --subgroup-column sublabel --subgroup-column family --out "$work/$2" "${@:3}"
}
evaluate val validation
evaluate test network --without-image-gate
evaluate test test
"$python" "$card" merge --model "$model" --swift "$work/test" --network "$work/network" --validation "$work/validation" \
  ${figures:+--python "$figures"}
"$python" "$card" write --model "$model"
