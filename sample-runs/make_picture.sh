#!/bin/sh
# Draws the picture in the README: one frame of a sample run, at the time that the run ended.
# usage: sample-runs/make_picture.sh [FILE], with the program in KLTOP if it is not .build/release/kltop
set -eu
cd "$(dirname "$0")/.."
XDG_CONFIG_HOME=/nonexistent LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1795458178 \
  "${KLTOP:-.build/release/kltop}" sample-runs/digits-sft \
  --once --format svg --size 120x36 --theme dark --color auto > "${1:-sample-runs/kltop.svg}"
