#!/usr/bin/env bash
# Builds the console and compares it, byte for byte, with the committed console/dist.
# The binary embeds console/dist, so a difference would ship a console that nobody can rebuild.
source "$(dirname "$0")/lib.sh"

if ! has npm || [[ ! -d console/node_modules ]]; then
  skip "comparing the console needs node, npm and console/node_modules"
  exit 0
fi

fresh=$(mktemp -d)
committed=$(mktemp -d)
put_back() {
  rm -rf console/dist
  cp -a "$committed/dist" console/dist
  rm -rf "$fresh" "$committed"
}

[[ -d console/dist ]] || { printf 'console/dist is missing\n' >&2; exit 1; }
cp -a console/dist "$committed/dist"
trap put_back EXIT

(cd console && npm run build </dev/null)
if ! diff -r "$committed/dist" console/dist; then
  printf 'console/dist is not what a fresh build gives; run `npm run build` in console/ %s\n' \
    'and commit the result' >&2
  exit 1
fi
printf 'console/dist is what a fresh build gives: %s files\n' "$(find console/dist -type f | wc -l)"
