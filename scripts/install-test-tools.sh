#!/usr/bin/env bash
# Installs what the tests use beyond Rust and a C compiler, if it is missing:
# Chromium, strace, z3, OpenSSL, xmllint and the SIP peers as the system's packages, the console's
# packages, and cargo-deny.
# On a machine where it may not install, it says what to install and goes on;
# with CI=true that is a failure.
source "$(dirname "$0")/lib.sh"

# An answer that never comes ends here instead of holding the whole run.
readonly INSTALL_S_MAX=900

# Its TLS is a package of its own.
kamailio_speaks_tls() {
  compgen -G '/usr/lib/*/kamailio/modules/tls.so' >/dev/null
}

system_packages() {
  local missing=()
  has chromium || missing+=(chromium)
  has strace || missing+=(strace)
  has z3 || missing+=(z3)
  has openssl || missing+=(openssl)
  # The peers of the SIP tests: callers, load, telephones with voice, and a border.
  has sipp || missing+=(sip-tester)
  has baresip || missing+=(baresip-core)
  has kamailio || missing+=(kamailio)
  kamailio_speaks_tls || missing+=(kamailio-tls-modules)
  has xmllint || missing+=(libxml2-utils)
  if ((${#missing[@]} == 0)); then
    return
  fi
  if ! has apt-get || [[ "$(id -u)" != 0 ]]; then
    skip "install these system packages to run all tests: ${missing[*]}"
    return
  fi
  export DEBIAN_FRONTEND=noninteractive
  local wait_for_others=(-o DPkg::Lock::Timeout=300)
  timeout "$INSTALL_S_MAX" apt-get "${wait_for_others[@]}" update -qq </dev/null
  timeout "$INSTALL_S_MAX" apt-get "${wait_for_others[@]}" install -y -qq \
    --no-install-recommends "${missing[@]}" fonts-dejavu-core </dev/null >/dev/null
  # Debian starts a server when it installs one. The tests start their own, on this machine only.
  if [[ " ${missing[*]} " == *" kamailio "* ]] && has systemctl; then
    systemctl disable --quiet --now kamailio || printf 'kamailio was not started\n'
  fi
}

console_packages() {
  if ! has npm; then
    skip "node and npm are not installed, so the console is not built or tested"
    return
  fi
  if [[ ! -f console/package.json ]]; then
    skip "there is no console/package.json"
    return
  fi
  # npm writes this file when it has installed, so an older one means another lock file.
  if [[ console/node_modules/.package-lock.json -nt console/package-lock.json ]]; then
    return
  fi
  (cd console && timeout "$INSTALL_S_MAX" npm ci --no-audit --no-fund </dev/null)
}

# Built without link-time optimisation: a checker that runs for a second needs none.
cargo_deny() {
  if has cargo-deny; then
    return
  fi
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    timeout "$INSTALL_S_MAX" cargo install --quiet --locked --no-default-features \
    --version "$CARGO_DENY_VERSION" cargo-deny </dev/null
}

readonly CARGO_DENY_VERSION=0.20.2

step "system packages" system_packages
step "console packages" console_packages
if in_ci || [[ "${1:-}" == "--all" ]]; then
  step "cargo-deny" cargo_deny
fi
