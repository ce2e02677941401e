#!/usr/bin/env bash
# Gives the database's role the password that its Secret holds. The image takes it at the first start only; with this, a volume
# that outlived its Secret, or a rotated one, still opens.
set -euo pipefail
user="$(cat /run/secrets/database/username)"

# Statements come from stdin and the password from its file: neither stands in a process list.
set_password() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$user" --dbname postgres <<'SQL'
\set password `cat /run/secrets/database/password`
ALTER ROLE CURRENT_USER PASSWORD :'password';
SQL
}

for _ in $(seq 120); do
  set_password 2>/dev/null && exit 0
  sleep 1
done
echo "PostgreSQL did not take the password within two minutes" >&2
exit 1
