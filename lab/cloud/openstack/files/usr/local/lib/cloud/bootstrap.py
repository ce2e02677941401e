#!/usr/bin/python3
"""Makes keystone's administrator, region and own endpoints. The password is read from standard input: as a parameter or in the
environment of `keystone-manage bootstrap` every process of the host could read it."""

import os
import sys

from keystone.cmd import cli

os.environ["OS_BOOTSTRAP_PASSWORD"] = sys.stdin.readline().rstrip("\n")
url = "http://{{address}}:5000/v3/"
sys.argv = [
    "keystone-manage",
    "bootstrap",
    "--bootstrap-region-id={{region}}",
    *(f"--bootstrap-{interface}-url={url}" for interface in ("admin", "internal", "public")),
]
cli.main(argv=sys.argv, developer_config_file=None)
