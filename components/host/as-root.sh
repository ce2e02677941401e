#!/bin/sh
# Runs its arguments as root, in an environment that is ours alone: the first thing of every step, in plain sh as the login shell
# may be any. What /etc/default/locale, PAM, sudo, a profile or the login shell bring along reaches no script: mawk prints 0,5 for
# 0.5 under a German locale, and a Debian user's PATH lacks /usr/sbin.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8
export PATH LC_ALL
umask 022
cd /
user=$(id -un)
set -- env -i "PATH=$PATH" "LC_ALL=$LC_ALL" HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
  DEBIAN_FRONTEND=noninteractive "SUDO_USER=$user" "$@"
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
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
