#!/usr/bin/python3
"""Fills keystone's catalogue: the services with their users and endpoints, the project with its user. What is there is left as it is.
Runs once, as soon as keystone answers. Passwords come as JSON by standard input: {"services": {name: password}, "user": password}."""

import json
import sys

import openstack

REGION = "{{region}}"
PROJECT = "{{project}}"
ENDPOINTS = {
    "glance": ("image", "http://{{address}}:9292"),
    "placement": ("placement", "http://{{address}}:8778"),
    "nova": ("compute", "http://{{address}}:8774/v2.1"),
    "neutron": ("network", "http://{{address}}:9696"),
}


def main():
    passwords = json.load(sys.stdin)
    cloud = openstack.connect(cloud="{{adminCloud}}")
    identity = cloud.identity
    roles = {role.name: role.id for role in identity.roles()}
    projects = {
        name: identity.find_project(name) or identity.create_project(name=name, domain_id="default")
        for name in ("service", PROJECT)
    }

    def user(name, password, project, *granted):
        found = identity.find_user(name) or identity.create_user(
            name=name, password=password, domain_id="default", default_project_id=project.id
        )
        for role in granted:
            identity.put(f"/projects/{project.id}/users/{found.id}/roles/{roles[role]}")

    for name, (kind, url) in ENDPOINTS.items():
        user(name, passwords["services"][name], projects["service"], "admin")
        service = identity.find_service(name) or identity.create_service(name=name, type=kind)
        present = {endpoint.interface for endpoint in identity.endpoints(service_id=service.id)}
        for interface in {"public", "internal", "admin"} - present:
            identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id=REGION)
    user(PROJECT, passwords["user"], projects[PROJECT], "member", "reader")


main()
