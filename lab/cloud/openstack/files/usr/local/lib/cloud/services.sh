#!/usr/bin/env bash
# Starts everything of the cloud, now and whenever its host starts.
set -euo pipefail
update-alternatives --quiet --install /usr/sbin/ebtables ebtables /usr/local/lib/cloud/ebtables.sh 100
systemctl enable --quiet --now \
  mariadb rabbitmq-server memcached keystone glance-api placement-api nova-api nova-conductor \
  nova-scheduler cloud-network neutron-server neutron-linuxbridge-agent neutron-l3-agent neutron-dhcp-agent \
  neutron-metadata-agent nova-compute
