#!/usr/bin/env bash
# Lint docker/ without a container engine: the images by hadolint, the composition by the published schema.
set -euo pipefail
cd "$(dirname "$0")/.."

for file in docker/Dockerfile docker/orthanc.Dockerfile; do
    .venv/bin/hadolint --config docker/hadolint.yaml "$file"
done
.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml
