#!/bin/sh
# nbgrader 0.9.6 (https://pypi.org/project/nbgrader/0.9.6/): a submission's timestamp.txt and a due date are read by
# nbgrader.utils.parse_utc, which is to convert a time "to UTC if necessary" (its docstring). A time, a space and a zone in
# ISO's basic form is what `date '+%F %T %z'` writes. But parse_utc makes a number of a third word and takes it for
# seconds, so 10:50 at +0100 is 10:48:20 instead of 09:50; with a colon, +01:00, the zone is passed over.
# Seen: "+0100: 10:48:20, +01:00: 10:50:00, without the space: 09:50:00".
# What it means for us: autograder/nbgrader_plugin/arrival.py reads such times itself, and writes them down in UTC for
# nbgrader (tests/nbgrader/test_arrival.py): an hour may decide whether somebody is late.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "nbgrader==0.9.6"
cat > "$place/times.py" <<'PYTHON'
from nbgrader.utils import parse_utc

day = "2026-03-03 10:50:00"
read = [f"{parse_utc(day + zone):%H:%M:%S}" for zone in (" +0100", " +01:00", "+01:00")]
print("+0100: {}, +01:00: {}, without the space: {}".format(*read))
PYTHON
seen=$(HOME="$place" "$place/venv/bin/python" "$place/times.py")
echo "$seen"
[ "$seen" = "+0100: 10:48:20, +01:00: 10:50:00, without the space: 09:50:00" ] || { echo "It has changed."; exit 1; }
