#!/usr/bin/env bash
# One request to S3, signed by curl. Who sources this sets s3_endpoint, s3_bucket, s3_region, s3_access_key and s3_secret_key.
set -euo pipefail

# shellcheck source=by-proxy.sh
. ./by-proxy.sh

# As curl reads what stands between quotes in its configuration.
quoted() {
  local text=${1//\\/\\\\}
  printf '%s' "${text//\"/\\\"}"
}

# The keys reach curl through a file descriptor, not its command line. Of a query it signs what it is given: its parts stand in their order.
s3() { # path and query, then curl's own arguments
  local target=$1
  shift
  : "${s3_endpoint:?}" "${s3_bucket:?}" "${s3_region:?}" "${s3_access_key:?}" "${s3_secret_key:?}"
  local address="https://$s3_endpoint/" keys="$s3_access_key:$s3_secret_key"
  use_proxy_for "$address"
  curl "${by_proxy[@]}" --fail --silent --show-error --max-time 600 --aws-sigv4 "aws:amz:$s3_region:s3" \
    --config <(printf 'user = "%s"\n' "$(quoted "$keys")") "$@" "$address$s3_bucket/$target"
}
