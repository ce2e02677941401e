#!/usr/bin/env bash
# Makes the databases and the message bus of an OpenStack whose configuration is in place, and starts keystone with its
# administrator. Takes values and secrets as shell assignments from standard input.
set -euo pipefail
eval "$(cat)"
: "${databasePassword:?}" "${messageBusPassword:?}" "${adminPassword:?}"

log=/var/log/cloud-set-up.log
trap 'tail --lines=20 "$log" >&2' ERR
step() { printf 'step: %s\n' "$1" >&2; }
as() { runuser --user "$1" -- "${@:2}" >>"$log" 2>&1; }
: >"$log"

step "message bus and database server"
for service in keystone glance placement nova neutron; do chown --recursive "root:$service" "/etc/$service"; done
systemctl daemon-reload
systemctl start mariadb rabbitmq-server memcached
for database in keystone glance placement nova nova_api nova_cell0 neutron; do
  printf "CREATE DATABASE %s; GRANT ALL ON %s.* TO '%s'@'localhost' IDENTIFIED BY '%s';\n" \
    "$database" "$database" "${database%%_*}" "$databasePassword"
done | mariadb
rabbitmqctl --quiet add_user openstack <<<"$messageBusPassword" >>"$log" 2>&1
rabbitmqctl --quiet set_permissions openstack '.*' '.*' '.*'

step "databases of keystone, glance and placement"
as keystone keystone-manage db_sync
for keys in fernet_setup credential_setup; do
  keystone-manage "$keys" --keystone-user keystone --keystone-group keystone >>"$log" 2>&1
done
/usr/local/lib/cloud/bootstrap.py <<<"$adminPassword" >>"$log" 2>&1
systemctl start keystone
as glance glance-manage db_sync
as placement placement-manage db sync

step "databases of nova"
as nova nova-manage api_db sync
as nova nova-manage cell_v2 map_cell0
as nova nova-manage db sync
as nova nova-manage cell_v2 create_cell --name=cell1

step "database of neutron"
as neutron neutron-db-manage --config-file /etc/neutron/neutron.conf \
  --config-file /etc/neutron/plugins/ml2/ml2_conf.ini upgrade head
