#!/usr/bin/env bash
# Starts PostgreSQL and makes its database the first time, by those variables of the official image's that our chart gives:
# PGDATA, POSTGRES_DB, POSTGRES_USER_FILE, POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  made="$PGDATA.new"
  rm -rf "$made"
  read -ra options <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --pgdata="$made" --username="$(<"$POSTGRES_USER_FILE")" --pwfile="$POSTGRES_PASSWORD_FILE" "${options[@]}"
  echo "host all all all scram-sha-256" >>"$made/pg_hba.conf"
  [ "$POSTGRES_DB" = postgres ] || postgres --single -j -D "$made" postgres <<<"CREATE DATABASE \"$POSTGRES_DB\""
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  mv "$made" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c "listen_addresses=*"
