#!/usr/bin/env bash
# S3 as this server's own snapshots go there: by the settings that lie on it, for root only.
set -euo pipefail
: "${distribution:?}"

k3s_s3_file=/etc/rancher/k3s/config.yaml.d/etcd-snapshots.yaml
kubeadm_s3_file=/etc/grappe/etcd-snapshot.env

# YAML's plain word, or one in quotes of either kind.
k3s_s3_value() { sed -nE "s/^etcd-s3-$1: *//p" "$k3s_s3_file" | sed -E "/^'.*'\$/{ s/^'(.*)'\$/\\1/; s/''/'/g; b }; /^\".*\"\$/{ s/^\"(.*)\"\$/\\1/; s/\\\\(.)/\\1/g }"; }

# Sets s3_endpoint, s3_bucket, s3_region, s3_folder, s3_access_key, s3_secret_key; all empty where there is no S3.
read_s3_settings() {
  local name
  for name in endpoint bucket region folder access_key secret_key; do printf -v "s3_$name" '%s' ''; done
  case $distribution in
    k3s)
      [[ -e $k3s_s3_file ]] || return 0
      for name in endpoint bucket region folder access_key secret_key; do printf -v "s3_$name" '%s' "$(k3s_s3_value "${name//_/-}")"; done
      ;;
    kubeadm)
      [[ -e $kubeadm_s3_file ]] || return 0
      local S3_ENDPOINT='' S3_BUCKET='' S3_REGION='' S3_FOLDER='' S3_ACCESS_KEY='' S3_SECRET_KEY=''
      # shellcheck source=/dev/null disable=SC2034 # written by us in words that a shell reads, too
      . "$kubeadm_s3_file"
      s3_endpoint=$S3_ENDPOINT s3_bucket=$S3_BUCKET s3_region=$S3_REGION s3_folder=$S3_FOLDER
      s3_access_key=$S3_ACCESS_KEY s3_secret_key=$S3_SECRET_KEY
      ;;
  esac
}

# shellcheck source=../../../components/host/signed-s3.sh
. ../../../components/host/signed-s3.sh

# Scheduled snapshots in the bucket. Lines: name, bytes, when it was written.
s3_snapshots() {
  local answer name rest folder=${s3_folder:+$s3_folder/} prefix after=''
  prefix=${folder}etcd-
  while :; do
    answer=$(s3 "?list-type=2&max-keys=1000&prefix=${prefix//\//%2F}${after:+&start-after=${after//\//%2F}}" --max-time 20) || return 1
    sed -nE "s|^<Contents>.*<Key>${folder//./\\.}([A-Za-z0-9._-]+)</Key>.*\$|\\1 &|p" <<< "${answer//<Contents>/$'\n'<Contents>}" | while read -r name rest; do
      printf '%s %s %s\n' "$name" "$(sed -nE 's|.*<Size>([0-9]+)</Size>.*|\1|p' <<< "$rest")" \
        "$(sed -nE 's|.*<LastModified>([^<]+)</LastModified>.*|\1|p' <<< "$rest")"
    done
    after=$(grep -o '<Key>[^<]*</Key>' <<< "$answer" | tail -n 1 | sed -E 's|</?Key>||g') || after=''
    if ! grep -q '<IsTruncated>true</IsTruncated>' <<< "$answer" || [[ -z $after ]]; then return 0; fi
  done
}
