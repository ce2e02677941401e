#!/usr/bin/python3
"""Waits until the whole cloud answers: every API, nova's services, Neutron's agents. Tells on standard error what it waits for."""

import datetime
import os
import sys
import time

import openstack

DEADLINE_SECONDS = 300
PAUSE_SECONDS = 1.5
NOVA_SERVICES = {"nova-conductor", "nova-scheduler", "nova-compute"}
NEUTRON_AGENTS = {
    "neutron-linuxbridge-agent",
    "neutron-l3-agent",
    "neutron-dhcp-agent",
    "neutron-metadata-agent",
}


def moment(text):
    """A time as Nova (with T) and Neutron (with a space) write it, both in UTC."""
    return datetime.datetime.fromisoformat(text[:19]).replace(tzinfo=datetime.timezone.utc)


def missing(cloud, since):
    """What has not answered yet. The databases remember services of an earlier start: only a report `since` this one counts."""
    try:
        reports = [(service.binary, service.updated_at) for service in cloud.compute.services()]
        reports += [(agent.binary, agent.last_heartbeat_at) for agent in cloud.network.agents()]
        list(cloud.image.images(limit=1))
    except Exception as error:  # An API may answer with anything while it starts.
        return f"the APIs ({type(error).__name__})"
    reported = {binary for binary, at in reports if at and moment(at) >= since}
    return ", ".join(sorted((NOVA_SERVICES | NEUTRON_AGENTS) - reported))


def main():
    boot = datetime.datetime.fromtimestamp(os.stat("/proc/1").st_ctime, datetime.timezone.utc)
    cloud = openstack.connect(cloud="{{adminCloud}}")
    deadline = time.monotonic() + DEADLINE_SECONDS
    said = None
    while waiting := missing(cloud, boot):
        if time.monotonic() > deadline:
            sys.exit(f"The cloud was not ready within {DEADLINE_SECONDS} s: {waiting}")
        if waiting != said:
            print(f"step: waiting for {waiting}", file=sys.stderr, flush=True)
            said = waiting
        time.sleep(PAUSE_SECONDS)


main()
