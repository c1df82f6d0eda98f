#!/bin/sh
# 启动回音
cd "$(dirname "$0")" || exit 2
if [ -x python/bin/python3 ]; then py=python/bin/python3
elif command -v python3.11 >/dev/null 2>&1; then py=python3.11
elif command -v python3 >/dev/null 2>&1; then py=python3
else echo "没有找到 Python 3.11。请看 使用说明.html"; exit 2
fi
exec "$py" -I start.py run "$@"
