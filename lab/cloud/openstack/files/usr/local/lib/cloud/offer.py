#!/usr/bin/python3
"""Makes what the cloud offers to its project: the external network, flavors, images, quota. What is there is left as it is.
Runs once, as soon as all services answer. Takes the offer as JSON by standard input; images lie in the folder it names."""

import json
import sys

import openstack


def main():
    offer = json.load(sys.stdin)
    cloud = openstack.connect(cloud="{{adminCloud}}")
    if cloud.network.find_network("{{externalNetwork}}") is None:
        network = cloud.network.create_network(
            name="{{externalNetwork}}",
            is_router_external=True,
            provider_network_type="flat",
            provider_physical_network="{{physicalNetwork}}",
        )
        cloud.network.create_subnet(
            name="{{externalNetwork}}",
            network_id=network.id,
            ip_version=4,
            cidr="{{externalSubnet}}",
            gateway_ip="{{externalGateway}}",
            is_dhcp_enabled=False,
            allocation_pools=[{"start": "{{externalFirst}}", "end": "{{externalLast}}"}],
        )
    for flavor in offer["flavors"]:
        if cloud.compute.find_flavor(flavor["name"]) is None:
            cloud.compute.create_flavor(**flavor)
    for image in offer["images"]:
        if cloud.image.find_image(image["name"]) is None:
            cloud.create_image(
                image["name"],
                filename=image["file"],
                disk_format="raw",
                container_format="bare",
                visibility="public",
                wait=True,
                allow_duplicates=True,
            )
    cloud.set_compute_quotas("{{project}}", **offer["quota"]["compute"])
    cloud.set_network_quotas("{{project}}", **offer["quota"]["network"])


main()
