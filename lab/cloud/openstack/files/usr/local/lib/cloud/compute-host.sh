#!/usr/bin/env bash
# Maps the compute host to its cell, once its service has reported. The scheduler offers it before that, and nova gives up every
# build on a host without a cell. The scheduler's own discovery comes up to a minute after its start.
set -euo pipefail
runuser --user nova -- nova-manage cell_v2 discover_hosts --strict
