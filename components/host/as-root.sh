#!/bin/sh
# Runs its arguments as root: the first thing of every step, in plain sh as the login shell may be any.
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    user=$(id -un)
    echo "$(hostname): $user can't become root: sudo is missing or asks for a password." >&2
    echo "Fix, on that machine: echo '$user ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/grappe (as root; apt-get install sudo)" >&2
    exit 77
  fi
  set -- sudo -n "$@"
fi
"$@"
code=$?
if [ "$code" -eq 124 ]; then echo "$(hostname): stopped after its deadline." >&2; fi
exit "$code"
