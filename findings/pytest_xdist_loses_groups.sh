#!/bin/sh
# pytest-xdist 3.8.0 with pytest 9.2.0: with --dist loadgroup, tests that carry the same xdist_group mark run in one
# process (its documentation, "Running tests across multiple CPUs"), and 3.8.0 accepts any pytest from 7 on. From pytest
# 9.2 on the groups are lost without a word: xdist writes them into an attribute that pytest no longer reads, so every
# process makes every group's fixtures. Known as github.com/pytest-dev/pytest-xdist/issues/1386.
# Seen: "9.1.1: 1 process, 9.2.0: 2 processes" for a group of six tests.
# What it means for us: requirements-tests.txt stays below 9.2 (the suite took half as long again), and
# tests/test_start.py notices when groups aren't seen.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cat > "$place/test_group.py" <<'PYTHON'
import os
import pathlib
import time

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(6))
def test_one_of_the_group(number):
    time.sleep(0.2)
    pathlib.Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"]).touch()
PYTHON
seen=""
for version in 9.1.1 9.2.0; do
    python3 -m venv "$place/$version"
    "$place/$version/bin/pip" install --quiet "pytest==$version" "pytest-xdist==3.8.0"
    rm -f "$place"/gw*
    (cd "$place" && "$place/$version/bin/python" -m pytest -q -n 2 --dist loadgroup test_group.py) > "$place/log"
    seen="$seen $version:$(ls "$place" | grep -c '^gw')"
done
echo "processes by version of pytest:$seen"
[ "$seen" = " 9.1.1:1 9.2.0:2" ] || { echo "It has changed."; exit 1; }
