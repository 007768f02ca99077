#!/bin/sh
# Do once what users do, with the widthwise of one environment: smoke.sh FOLDER_OF_THE_ENVIRONMENT.
set -eu
python=$1/bin/python widthwise=$1/bin/widthwise
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$python" -c 'import widthwise; [getattr(widthwise, each) for each in widthwise.__all__]'
"$widthwise" diagnose --help >/dev/null
"$widthwise" bounds >/dev/null
"$python" - "$scratch/table.csv" <<'END'
import random, sys

random.seed(0)
with open(sys.argv[1], "w") as table:
    print("a,b,c,y", file=table)
    for _ in range(20):
        print(*(random.gauss(0, 1) for _ in range(4)), sep=",", file=table)
END
"$widthwise" diagnose "$scratch/table.csv" --target y --activation relu --width 30 --trials 2 --out "$scratch/out"
rm "$scratch/out/report.html"
"$widthwise" report "$scratch/out"  # Reads the record, and draws its page.
grep -q '</html>' "$scratch/out/report.html"
# A sweep in processes, its tables and the figures of a paper.
"$widthwise" reproduce panigrahi_depth --quick --quiet --out "$scratch/paper" --set activations=relu --set 'depths=[1, 2]'
