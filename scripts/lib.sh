# Shared by the scripts of this folder and by CI: where we are, and how steps are told.
# Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# True where nothing may be skipped.
in_ci() { [[ "${CI:-}" == "true" ]]; }

has() { command -v "$1" >/dev/null 2>&1; }

# The step that runs, named when it fails.
STEP="before the first step"

# What a script tidies up when it ends, however it ends. Scripts define their own.
at_exit() { :; }

end() {
  local status=$1
  at_exit
  ((status == 0)) || printf '\nFAILED at %s s: %s\n' "$SECONDS" "$STEP" >&2
}
trap 'end $?' EXIT

# A heading with the seconds since the start, then the command, then how long it took.
# The command runs plainly (not in a condition), so that `set -e` holds inside it.
step() {
  local name=$1 started=$SECONDS
  STEP=$name
  shift
  printf '\n==> %s  [at %s s]\n' "$name" "$SECONDS"
  "$@"
  printf '<== %s  [%s s]\n' "$name" "$((SECONDS - started))"
}

# Says plainly that a part did not run. Where nothing may be skipped, that is a failure.
skip() {
  printf 'SKIPPED: %s\n' "$1"
  if in_ci; then
    printf 'failed: nothing is skipped when CI=true\n' >&2
    exit 1
  fi
}
