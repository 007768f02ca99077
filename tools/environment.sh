#!/bin/sh
# Make a virtual environment with a working pip: environment.sh FOLDER. PYTHON chooses the interpreter.
set -eu
folder=$1

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
fail() { printf 'widthwise: %s\n' "$*" >&2; exit 1; }

if [ -x "$folder/bin/python" ]; then
  is_new_enough "$folder/bin/python" || fail "$folder holds a broken or older Python. Remove it (make clean) and try again."
else
  found=
  for each in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if is_new_enough "$each"; then found=$each; break; fi
  done
  [ -n "$found" ] || fail "no Python >= 3.11 among: ${PYTHON:-python3, python3.13, python3.12, python3.11, python}. Install one, or name it: make PYTHON=/path/to/python3"
  echo "Creating $folder with $("$found" -c 'import platform, sys; print(sys.executable, platform.python_version())')"
  "$found" -c 'import venv' 2>/dev/null || fail "$found has no venv module. Install it (Debian, Ubuntu: apt-get install python3-venv) or choose another: make PYTHON=/path/to/python3"
  # Debian splits ensurepip off Python; pip itself is there, so the environment is made without it.
  "$found" -m venv --without-pip "$folder" || { rm -rf "$folder"; fail "$found could not make $folder; its message is above."; }
  printf '%s\n' "$found" >"$folder/.made-by"
fi

"$folder/bin/python" -m pip --version >/dev/null 2>&1 && exit 0
"$folder/bin/python" -m ensurepip --default-pip >/dev/null 2>&1 && exit 0
maker=$(cat "$folder/.made-by" 2>/dev/null || echo "${PYTHON:-python3}")
"$maker" -m pip --python "$folder/bin/python" install --quiet pip && exit 0
fail "neither ensurepip nor a pip >= 22.3 was found for $maker. Install one (Debian, Ubuntu: apt-get install python3-venv or python3-pip) and run make again."
