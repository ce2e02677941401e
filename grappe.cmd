@echo off
echo grappe: It runs on Linux and macOS. On Windows use it inside WSL: https://learn.microsoft.com/windows/wsl/install 1>&2
exit /b 2
