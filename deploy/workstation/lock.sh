#!/bin/bash
# Re-makes the lock files from pyproject.toml: every package with its hashes, no index address, for any
# platform. Versions stay unless pyproject.toml asks otherwise; UPGRADE=1 takes the newest allowed. The two deployment locks are cut from the same resolution, so that a gate and a laptop agree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compile() { # compile OUTPUT ARGUMENT...
  local output=$1
  shift
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
    ${UPGRADE:+--upgrade} pyproject.toml --output-file "$output" "$@"
  echo "$output: $(grep -c '^[a-z].*==' "$output") packages"
}

compile requirements.lock --all-extras
compile requirements-edge.lock --extra edge --constraint requirements.lock
compile requirements-central.lock --extra central --constraint requirements.lock
