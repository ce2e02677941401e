#!/usr/bin/env bash
# Makes the archives of the images on offer of one root file system, archive.tar: they differ in the name that they bear in
# /etc/image-name, so that a changed image is another image. Takes their names, one a line, from standard input.
set -euo pipefail
folder=/var/tmp/images
tree=$(mktemp --directory)
mkdir "$tree/etc"
while read -r name; do
  cp "$folder/archive.tar" "$folder/$name.tar"
  printf '%s\n' "$name" >"$tree/etc/image-name"
  tar --append --file="$folder/$name.tar" --directory="$tree" --owner=root:0 --group=root:0 etc/image-name
done
rm --recursive "$tree" "$folder/archive.tar"
