#!/usr/bin/env bash
# Builds the console and compares it, byte for byte, with the committed console/dist.
# The binary embeds console/dist, so a difference would ship a console that nobody can rebuild.
source "$(dirname "$0")/lib.sh"

if ! has npm || [[ ! -d console/node_modules ]]; then
  skip "comparing the console needs node, npm and console/node_modules"
  exit 0
fi

STEP="compare console/dist with a fresh build"
if [[ ! -d console/dist ]]; then
  printf 'console/dist is missing\n' >&2
  exit 1
fi

committed=$(mktemp -d)
cp -a console/dist "$committed/dist"
at_exit() {
  rm -rf console/dist
  mv "$committed/dist" console/dist
  rmdir "$committed"
}

(cd console && npm run build </dev/null)
if ! diff -r "$committed/dist" console/dist; then
  printf 'console/dist is not what a fresh build gives; run `npm run build` in console/ %s\n' \
    'and commit the result' >&2
  exit 1
fi
printf 'console/dist is what a fresh build gives: %s files\n' "$(find console/dist -type f | wc -l)"
