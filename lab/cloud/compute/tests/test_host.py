import unittest

from podman import host


class TotalMemory(unittest.TestCase):
    def test_is_read_in_mib(self) -> None:
        self.assertEqual(host.total_memory_mb("MemTotal:       25276502 kB\nMemFree:  1 kB\n"), 24684)

    def test_refuses_another_text(self) -> None:
        with self.assertRaises(ValueError):
            host.total_memory_mb("MemFree: 1 kB\n")


if __name__ == "__main__":
    unittest.main()
