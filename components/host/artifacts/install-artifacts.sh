#!/usr/bin/env bash
# grappe-step: install-artifacts
# Installs files that are verified by SHA-256, each at once or not at all. `artifacts` has a line for each:
# title, file|directory, destination, mode, SHA-256, URL, checksum's URL, name in a checksum list, incoming file; - for none.
set -euo pipefail
eval "$(cat)"
: "${artifacts:?}"
umask 022
# shellcheck source=../side-by-side.sh
. ../side-by-side.sh
staging=/var/lib/grappe/staging records=/var/lib/grappe/artifacts
mkdir -p "$staging" "$records"

fail() {
  echo "$(hostname): $*" >&2
  exit 1
}

# Where there is OpenSSL it is asked: it uses the processor's own instructions, and takes a third of the time.
sha256_of() {
  if command -v openssl > /dev/null; then openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1; else sha256sum "$1" | cut -d ' ' -f 1; fi
}

# A file that is there already answers for itself; an unpacked archive by the record of what was unpacked.
installed() {
  local form=$1 destination=$2 sha256=$3
  case $form in
    file) [[ -f $destination && $(sha256_of "$destination") = "$sha256" ]] ;;
    directory) [[ -d $destination && $(cat "$records/$(record_of "$destination")" 2>/dev/null) = "$sha256" ]] ;;
    *) fail "neither file nor directory: $form" ;;
  esac
}

record_of() { printf '%s' "$1" | tr / _; }

# shellcheck source=../by-proxy.sh
. ../by-proxy.sh

curl_download() { # options of curl, the address
  local -a by_proxy
  use_proxy_for "${!#}"
  curl "${by_proxy[@]}" --fail --silent --show-error --location --retry 5 --retry-connrefused --connect-timeout 20 \
    --speed-limit 1000 --speed-time 60 "$@"
}

published_sha256() {
  local title=$1 url=$2 name=$3 answer
  answer=$(curl_download "$url") || fail "$title: its checksum can't be read from $url. Fix: check the way out to the
internet, grappe:site.proxy or grappe:artifacts.mirrors, or install from a bundle (./grappe bundle, grappe:artifacts.bundle)."
  awk -v name="$name" 'NF == 1 || $2 == name || $2 == "*" name { print tolower($1); exit }' <<< "$answer"
}

download() {
  local title=$1 url=$2 sha256=$3 file=$4
  if [[ -f $file && $(sha256_of "$file") = "$sha256" ]]; then return; fi
  # What an interrupted run left is continued; where the server or the rest doesn't fit, it starts anew.
  curl_download --continue-at - --output "$file" "$url" || {
    rm -f "$file"
    curl_download --output "$file" "$url" || fail "$title: $url can't be downloaded. Fix: check the way out to the
internet, grappe:site.proxy or grappe:artifacts.mirrors, or install from a bundle (./grappe bundle, grappe:artifacts.bundle)."
  }
}

verified() {
  local title=$1 file=$2 sha256=$3 origin=$4 found
  found=$(sha256_of "$file")
  [[ $found = "$sha256" ]] && return
  rm -f "$file"
  fail "$title from $origin has the SHA-256 $found instead of $sha256: it is damaged or not what its publisher made, and
was not installed. Fix: run again; if it stays, ask the publisher, or check the mirror or the bundle."
}

# A damaged archive fails here or, unpacked to something else, at its hash.
unpack_program() {
  local title=$1 archive=$2 program=$3
  zstd --decompress --quiet --force -o "$program" "$archive" || {
    rm -f "$archive" "$program"
    fail "$title: what was copied from the bundle is damaged, and was not installed. Fix: ./grappe bundle verify, then
pulumi up with --replace for that copy's resource."
  }
  rm -f "$archive"
}

# What the cleanup takes away.
remember() { grep -qxsF "$1" "$records/files" || echo "$1" >> "$records/files"; }

put_in_place() {
  local form=$1 destination=$2 mode=$3 sha256=$4 file=$5
  if [[ $form = file ]]; then
    mkdir -p "$(dirname "$destination")"
    local fresh
    fresh=$(dirname "$destination")/.grappe-$(basename "$destination").new
    mv -f "$file" "$fresh"
    chown root:root "$fresh"
    chmod "$mode" "$fresh"
    mv -f "$fresh" "$destination"
    remember "$destination"
  else
    local unpacked path
    unpacked=$staging/unpacked-$sha256
    rm -rf "$unpacked"
    mkdir -p "$unpacked" "$destination"
    tar --extract --no-same-owner --file "$file" --directory "$unpacked"
    while read -r path; do remember "$destination/$path"; done < <(cd "$unpacked" && find . -type f -printf '%P\n')
    # Renaming over a running program is allowed; writing into it isn't.
    cp --recursive --preserve=mode --remove-destination "$unpacked/." "$destination"
    printf '%s\n' "$sha256" > "$records/$(record_of "$destination")"
    rm -rf "$unpacked" "$file"
  fi
}

install_one() {
  local title=$1 form=$2 destination=$3 mode=$4 sha256=$5 url=$6 checksum_url=$7 checksum_name=$8 incoming=$9
  local file=$incoming origin='the bundle'
  if [[ $sha256 != - ]] && installed "$form" "$destination" "$sha256"; then
    if [[ $incoming != - ]]; then rm -f "$incoming"; fi
    return
  fi
  if [[ $incoming = - ]]; then
    local published=$sha256
    # What is pinned needs no publisher's word.
    if [[ $checksum_url != - ]]; then published=$(published_sha256 "$title" "$checksum_url" "$checksum_name"); fi
    [[ $published =~ ^[0-9a-f]{64}$ ]] || fail "$title: $checksum_url names no SHA-256 for $checksum_name."
    if [[ $sha256 != - && $sha256 != "$published" ]]; then
      fail "$title: artifacts.lock.json says $sha256, its publisher says $published now: what stands under that version was
changed. Nothing was installed. Fix: find out why; then \`./grappe lock\`."
    fi
    sha256=$published
    if installed "$form" "$destination" "$sha256"; then return; fi
    file=$staging/$sha256
    origin=$url
    download "$title" "$url" "$sha256" "$file"
  fi
  [[ -f $file ]] || fail "$title: $file isn't there, though the bundle was copied to this machine. Fix: pulumi up with
--replace for that copy's resource."
  if [[ $form = file && $file = *.zst ]]; then
    unpack_program "$title" "$file" "$staging/$sha256"
    file=$staging/$sha256
  fi
  verified "$title" "$file" "$sha256" "$origin"
  put_in_place "$form" "$destination" "$mode" "$sha256" "$file"
  echo "$title installed at $destination"
}

# Verifying and unpacking keep one processor busy each.
while read -r title form destination mode sha256 url checksum_url checksum_name incoming; do
  begin install_one "$title" "$form" "$destination" "$mode" "$sha256" "$url" "$checksum_url" "$checksum_name" "$incoming"
done <<< "$artifacts"
await_all
rm -rf "$staging"
