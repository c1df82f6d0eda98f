@echo off
chcp 65001 >nul
title 回音检查
cd /d "%~dp0"
set "PY="
if exist "python\python.exe" set "PY=%~dp0python\python.exe"
if not defined PY for /f "delims=" %%p in ('py -3.11 -c "import sys; print(sys.executable)" 2^>nul') do set "PY=%%p"
if not defined PY for /f "delims=" %%p in ('python -c "import sys; print(sys.executable)" 2^>nul') do set "PY=%%p"
if not defined PY (
  echo 没有找到 Python 3.11。请打开 使用说明.html，看“要先装的东西”。
  pause
  exit /b 2
)
"%PY%" -I start.py doctor
pause
