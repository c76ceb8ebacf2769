#!/bin/sh
# From the data folder to the bundled weights, from scratch, on the CPU, and the comparison with what is bundled.
#   reproduce.sh ../shared/data/cxr-kermany-224 /tmp/cxr-reproduce
# Two trainings run at a time, one core each. Measured on two cores that compiled other things at the same time: arrays
# 1 minute, the members 9 minutes each (so 18 for the two rounds), the gate 5, calibration 1, figures 6.
# With ONE=1 only member 1 is trained and compared; with FOLDS=1 the cross-validation of the model card is made too.
set -eu
data=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
model="$here/../Models/chest-pneumonia-kermany"
mkdir -p "$work"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q -r "$here/requirements.txt"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here"
# One thread computes (the same sums on any number of cores); large pages for its large arrays.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 GLIBC_TUNABLES=glibc.malloc.hugetlb=1
python="$work/venv/bin/python"

train() {
    name=$1
    shift
    "$python" "$here/train.py" --prepared "$work" --out "$work/$name" "$@" > "$work/$name.log" 2>&1
}

"$python" "$here/prepare.py" --data "$data" --out "$work"
if [ -n "${ONE:-}" ]; then
    train member1 --seed 1
    exec "$python" "$here/compare.py" --prepared "$work" --member 0 --run "$work/member1" --model "$model"
fi
(train member1 --seed 1 && train member3 --seed 3) &
first=$!
(train member2 --seed 2 && train left-out --leave-out N2- --set epochs=12) &
second=$!
wait $first
wait $second
folds=
if [ -n "${FOLDS:-}" ]; then
    for index in 0 1 2; do
        train fold$index --seed $((index + 1)) --fold $index/3 --set epochs=12
        folds="$folds $work/fold$index"
    done
fi
mkdir -p "$work/model"
"$python" "$here/export.py" --prepared "$work" --members "$work/member1" "$work/member2" "$work/member3" \
    --left-out "$work/left-out" --folds $folds --table "$here/experiments.tsv" --out "$work/model" \
    --development "$work/development.json"
for index in 0 1 2; do
    "$python" "$here/compare.py" --prepared "$work" --member $index --run "$work/member$((index + 1))" --model "$model"
done
cmp "$work/model/weights.safetensors" "$model/weights.safetensors" && echo "the weights file is the same to the bit" \
    || echo "the weights file differs in bits: another processor or version rounds otherwise"
"$python" "$here/evaluate.py" --prepared "$work" --model "$work/model" --out "$work/evaluation.json" \
    --development "$work/development.json"
