"""Nova virt driver whose instances are computers in containers: systemd as process 1, under podman."""
