import unittest

from podman import interfaces

PORT = "8f6a4a52-1f0b-4e6e-9a3c-2f2f3f6f7a11"
NETWORK = "c0ffee00-aaaa-bbbb-cccc-2f2f3f6f7a11"


def vif(**changes: object) -> dict[str, object]:
    return {
        "id": PORT,
        "type": "bridge",
        "address": "fa:16:3e:01:02:03",
        "devname": None,
        "network": {"id": NETWORK, "bridge": None, "meta": {"mtu": 1400}},
        **changes,
    }


class InterfacesOf(unittest.TestCase):
    def test_names_both_ends_as_neutron_looks_for_them(self) -> None:
        interface = interfaces.interface_of(vif(), 1)
        self.assertEqual(
            interface,
            interfaces.Interface(
                port_id=PORT,
                tap="tap8f6a4a52-1f",
                bridge="brqc0ffee00-aa",
                inner="eth1",
                mac="fa:16:3e:01:02:03",
                mtu=1400,
            ),
        )

    def test_keeps_neutrons_own_names(self) -> None:
        network = {"id": NETWORK, "bridge": "brq-public", "meta": {}}
        interface = interfaces.interface_of(vif(devname="tap-of-neutron", network=network), 0)
        self.assertEqual((interface.tap, interface.bridge, interface.mtu), ("tap-of-neutron", "brq-public", 1450))

    def test_counts_in_the_order_of_the_ports(self) -> None:
        names = [interface.inner for interface in interfaces.interfaces_of([vif(), vif()])]
        self.assertEqual(names, ["eth0", "eth1"])

    def test_refuses_a_port_that_was_not_bound(self) -> None:
        with self.assertRaisesRegex(ValueError, "binding_failed"):
            interfaces.interface_of(vif(type="binding_failed"), 0)


class PlugCommands(unittest.TestCase):
    def test_puts_one_end_inside_and_the_other_into_the_bridge(self) -> None:
        self.assertEqual(
            interfaces.plug_commands(interfaces.interface_of(vif(), 0), "instance-1"),
            [
                "link add name tap8f6a4a52-1f mtu 1400 type veth"
                " peer name eth0 address fa:16:3e:01:02:03 mtu 1400 netns instance-1",
                "link set dev tap8f6a4a52-1f master brqc0ffee00-aa up",
            ],
        )


if __name__ == "__main__":
    unittest.main()
