#!/usr/bin/env bash
# What every machine needs that becomes a node.
set -euo pipefail
# shellcheck source=report.sh
. ./report.sh
# shellcheck source=write-file.sh
. ./write-file.sh
# shellcheck source=member.sh
. ./member.sh
# shellcheck source=forgotten.sh
. ./forgotten.sh
# shellcheck source=binaries.sh
. ./binaries.sh
