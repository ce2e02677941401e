import json
import unittest

from podman import container

UUID = "3f0c6c1e-6a34-4d2e-9d27-0f2f3f6f7a11"


def computer(**changes: object) -> container.Computer:
    values = {
        "uuid": UUID,
        "name": "instance-0000002a",
        "hostname": "dev-server-1",
        "image_id": "5d5e",
        "limits": container.Limits(vcpus=1, memory_mb=2048),
    }
    return container.Computer(**{**values, **changes})


class CreateArguments(unittest.TestCase):
    def test_names_everything_after_the_instance(self) -> None:
        arguments = container.create_arguments(computer())
        self.assertIn(f"--name=instance-{UUID}", arguments)
        self.assertIn(f"--network=ns:/run/netns/instance-{UUID}", arguments)
        self.assertIn(f"--volume=instance-{UUID}-var-lib:/var/lib:nocopy,suid,dev,exec", arguments)
        self.assertEqual(arguments[-2:], ["localhost/glance:5d5e", "/sbin/init"])

    def test_lets_cloud_init_see_that_it_is_on_openstack(self) -> None:
        self.assertIn("--env=product_name=OpenStack Nova", container.create_arguments(computer()))


class LimitArguments(unittest.TestCase):
    def test_grants_what_the_flavor_says_and_no_swap(self) -> None:
        arguments = container.limit_arguments(container.Limits(vcpus=1, memory_mb=1536), host_cpus=2)
        self.assertEqual(arguments, ["--cpus=1", "--memory=1536m", "--memory-swap=1536m"])

    def test_never_asks_for_more_processors_than_the_host_has(self) -> None:
        arguments = container.limit_arguments(container.Limits(vcpus=8, memory_mb=512), host_cpus=2)
        self.assertEqual(arguments[0], "--cpus=2")


class ParseInspected(unittest.TestCase):
    def inspected(self, status: str) -> container.Standing:
        description = {
            "Config": {"Labels": {container.LABEL_UUID: UUID, container.LABEL_NAME: "instance-0000002a"}},
            "State": {"Status": status, "ExitCode": 0},
            "HostConfig": {"LogConfig": {"Path": "/logs/ctr.log"}},
        }
        return container.parse_inspected([description])[0]

    def test_reads_whose_it_is(self) -> None:
        standing = self.inspected("running")
        self.assertEqual(
            (standing.uuid, standing.name, standing.log_path), (UUID, "instance-0000002a", "/logs/ctr.log")
        )

    def test_knows_what_runs(self) -> None:
        running = {status: self.inspected(status).is_running for status in ("created", "running", "exited", "paused")}
        self.assertEqual(running, {"created": False, "running": True, "exited": False, "paused": False})
        self.assertTrue(self.inspected("paused").is_paused)


class ParseEnding(unittest.TestCase):
    def ending(self, **changes: object) -> container.Ending | None:
        event = {"Status": "died", "Name": f"instance-{UUID}", "ContainerExitCode": 130, **changes}
        return container.parse_ending(json.dumps(event))

    def test_tells_a_reboot_from_a_power_off(self) -> None:
        self.assertEqual(self.ending(), container.Ending(UUID, is_reboot=False))
        self.assertEqual(self.ending(ContainerExitCode=129), container.Ending(UUID, is_reboot=True))

    def test_leaves_other_events_and_containers_alone(self) -> None:
        self.assertIsNone(self.ending(Status="start"))
        self.assertIsNone(self.ending(Name="registry"))


class ConsoleText(unittest.TestCase):
    def test_joins_what_was_written_in_parts(self) -> None:
        log = (
            "2026-11-21T07:33:34.1+00:00 stdout P Started \n"
            "2026-11-21T07:33:34.2+00:00 stdout F Network.\r\n"
            "2026-11-21T07:33:34.3+00:00 stdout F \n"
            "2026-11-21T07:33:34.4+00:00 stdout F login:\n"
        )
        self.assertEqual(container.console_text(log), "Started Network.\n\nlogin:\n")


if __name__ == "__main__":
    unittest.main()
