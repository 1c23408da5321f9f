#!/usr/bin/env bash
# All tests, in one command: Rust, then the console, then both together in a browser.
# A part whose tools are missing says plainly that it was skipped, and why;
# with CI=true that is a failure.
source "$(dirname "$0")/lib.sh"

log=$(mktemp)
at_exit() { rm -f "$log"; }

rust_tests() {
  cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log"
}

# In a new checkout without Node the Rust tests are the whole; no need to ask for more.
console_ready() {
  has npm && [[ -f console/package.json && -d console/node_modules ]]
}

console_tests() {
  if ! console_ready; then
    skip "the console's tests need node and npm"
    return
  fi
  (cd console && npm run check && npm test) </dev/null
}

# The real binary with a real browser. EVENHAND_BIN and CHROMIUM tell the tests where both are.
browser_tests() {
  if ! console_ready; then
    skip "the browser tests need node and npm"
    return
  fi
  local chromium
  if ! chromium=$(command -v chromium || command -v chromium-browser); then
    skip "the browser tests need chromium"
    return
  fi
  # The program as the tests have it: built for itself alone it would be another, from new parts.
  cargo test --workspace --locked --no-run --quiet
  local target=${CARGO_TARGET_DIR:-$PWD/target}
  (cd console && EVENHAND_BIN="$target/debug/evenhand" CHROMIUM="$chromium" npm run e2e) </dev/null
}

# The sum over all test binaries, in one line at the end.
closing_line() {
  sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored.*/\1 \2 \3/p' \
    "$log" |
    awk '{ passed += $1; failed += $2; ignored += $3 }
      END { printf "rust: %d passed, %d failed, %d skipped\n", passed, failed, ignored }'
}

scripts/install-test-tools.sh
step "rust tests" rust_tests
step "console tests" console_tests
step "browser tests" browser_tests
printf '\n'
closing_line
