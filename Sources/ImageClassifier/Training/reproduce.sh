#!/bin/sh
# Trains again from scratch on the CPU and compares with the shipped weights. About 15 minutes on 2 cores.
#   reproduce.sh ../shared/data/cxr-kermany-224 /tmp/cxr-reproduce
set -eu
data=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q -r "$here/requirements.txt"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here"
python="$work/venv/bin/python"
"$python" "$here/prepare.py" --data "$data" --out "$work"
"$python" "$here/train.py" --prepared "$work" --out "$work/run" --seed 1
"$python" "$here/compare.py" --run "$work/run" --model "$here/../Models/chest-pneumonia-kermany"
"$python" "$here/export.py" --prepared "$work" --run "$work/run" --out "$work/model"
"$python" "$here/evaluate.py" --prepared "$work" --run "$work/run" --model "$work/model"
