#!/bin/sh
# Takes our scripts as one archive, on stdin, and makes it the edition in force; older ones go. In plain sh, as it comes before
# anybody has looked at the machine. Arguments: name of the edition, SHA-256 of the archive before its compression.
set -eu
hash=$1 sha256=$2
folder=/usr/local/lib/grappe

fail() {
  echo "$(hostname): grappe's scripts can't be put into $folder: $*" >&2
  exit 1
}

mkdir -p "$folder" || fail "it can't be made. Fix: see that the file system is there, has room and may be written to."
# The session of a killed engine may still be at it.
exec 9> "$folder/.toolkit.lock" || fail "nothing can be written there. Fix: see that the file system has room and may be written to."
flock 9
rm -rf "$folder"/.toolkit-new
mkdir "$folder/.toolkit-new"
cd "$folder/.toolkit-new"
gzip -dc > toolkit.tar || fail "the archive arrived damaged. Fix: run again."
[ "$(sha256sum toolkit.tar | cut -d ' ' -f 1)" = "$sha256" ] || fail "the archive arrived damaged. Fix: run again."
mkdir edition
tar -xf toolkit.tar --no-same-owner -C edition || fail "it can't be unpacked. Fix: see that the file system has room."
chmod -R u=rwX,go=rX edition
# What runs from there isn't taken away from below it.
if ! diff -r edition "$folder/$hash" > /dev/null 2>&1; then
  rm -rf "${folder:?}/$hash"
  mv edition "$folder/$hash"
fi
ln -s "$hash" toolkit
mv -T toolkit "$folder/toolkit"
cd "$folder"
rm -rf .toolkit-new
# A step that still runs from an older one has its script open.
for edition in *; do
  if [ "$edition" != "$hash" ] && [ -d "$edition" ] && [ ! -L "$edition" ] && echo "$edition" | grep -qxE '[0-9a-f]{32}'; then
    rm -rf "$edition"
  fi
done
