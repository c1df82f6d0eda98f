#!/usr/bin/env bash
# The README's two commands on a fresh clone, in an empty environment: no account, no key, no variable of this shell.
#   bench/fresh_clone.sh demo    installs, then prints the seconds from the install's end to the first alert (goal: 60)
#   bench/fresh_clone.sh test    installs, then passes all tests
# It tries what is committed. It ends by itself, and leaves nothing behind.
set -euo pipefail
what=${1:-demo}
origin=$(cd "$(dirname "$0")/.." && pwd)
python=$(command -v python3.11 || command -v python3)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet --no-hardlinks "$origin" "$folder/huiyin"
cd "$folder/huiyin"
bare() { env -i HOME="$HOME" PATH="$PATH" TMPDIR="$folder" timeout --kill-after=20 "$@"; }
now() { "$python" -c 'import time; print(f"{time.monotonic():.1f}")'; }
since() { "$python" -c 'import sys; print(f"{float(sys.argv[2]) - float(sys.argv[1]):.1f}")' "$1" "$(now)"; }

echo "commit $(git rev-parse --short HEAD), $("$python" --version)"
case $what in
demo)
    began=$(now)
    bare 900 make --silent PYTHON="$python" setup
    echo "installed in $(since "$began") s"
    began=$(now)
    bare 150 .venv/bin/huiyin demo --until-alert --seconds 120 | tee demo.log
    seconds=$(since "$began")
    grep -q '预警' demo.log || { echo "no alert within $seconds s (goal: 60)"; exit 1; }
    echo "from the install's end to the first alert: $seconds s (goal: 60)"
    "$python" -c 'import sys; sys.exit(float(sys.argv[1]) > 60)' "$seconds"
    ;;
test)
    began=$(now)
    bare 1800 make --silent PYTHON="$python" test
    echo "installed and tested in $(since "$began") s"
    ;;
*)
    echo "usage: bench/fresh_clone.sh [demo|test]" >&2
    exit 2
    ;;
esac
