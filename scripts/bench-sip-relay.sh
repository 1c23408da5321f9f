#!/usr/bin/env bash
# What the same SIPp load costs that is only relayed: SIPp -> Kamailio -> SIPp, all on this machine.
# Or, with an address, what it costs there: SIPp -> that address, which must ring and answer.
#
#   scripts/bench-sip-relay.sh [CALLS_A_SECOND] [SECONDS] [HOST:PORT [SERVICE]]
#
# SERVICE is what is asked for, urn:service:sos if nothing is said; a centre answers
# urn:service:test.sos by itself.
#
# Prints the calls that ended well for each second of calling, the share that failed, and the time
# from INVITE to 180 as the caller sees it.
source "$(dirname "$0")/lib.sh"

readonly RATE=${1:-400}
readonly FOR_S=${2:-20}
readonly TARGET=${3:-}
readonly SERVICE=${4:-urn:service:sos}

# Ports above those of the tests and below those that Linux gives out by itself.
readonly RELAY=32100 CALLEE=32200 CALLER=32300 VOICE=32400 CONTROL=32500
# How long each call is up: calls up at once are a tenth of the rate.
readonly UP_MS=100
readonly PEERS=crates/evenhand/tests/sip

for tool in sipp kamailio; do
  if ! has "$tool"; then
    skip "$tool is not installed"
    exit 0
  fi
done

folder=$(mktemp -d)
started=()
at_exit() {
  if ((${#started[@]} > 0)); then
    kill "${started[@]}" 2>/dev/null || true
    wait "${started[@]}" 2>/dev/null || true
  fi
  rm -rf "$folder"
}

# A scenario with its messages in it, as crates/evenhand/tests/sip/sipp.rs says.
scenario() {
  awk -v messages="$PEERS/messages" -v service="$SERVICE" '
    /^@.*@$/ {
      words = split(substr($0, 2, length($0) - 2), word, " ")
      name = word[1] == "invite" ? "emergency" : word[1]
      file = messages "/" name ".sip"
      while ((getline line < file) > 0) {
        for (i = 2; i <= words; i++) gsub("\\{" (i - 1) "\\}", word[i], line)
        gsub("urn:service:sos", service, line)
        print line
      }
      close(file)
      next
    }
    { print }' "$PEERS/scenarios/$1.xml" >"$folder/$1.xml"
}

play() {
  local name=$1
  shift
  (cd "$folder" && exec sipp -sf "$name.xml" -i 127.0.0.1 -mi 127.0.0.1 -nostdin "$@" \
    </dev/null >"$name.log" 2>&1)
}

# SIPp takes a call back without being asked, so only Kamailio is waited for.
start_relay() {
  scenario echo
  play echo -p "$CALLEE" -mp "$VOICE" -cp "$((CONTROL + 1))" -key number 911 &
  started+=($!)
  kamailio -DD -E -f scripts/sip-relay.cfg -m 128 -l "udp:127.0.0.1:$RELAY" -Y "$folder" \
    -A "RELAY_TO=\"sip:127.0.0.1:$CALLEE\"" 2>"$folder/relay.log" >/dev/null &
  started+=($!)
  if ! timeout 20 grep -qm1 'the relay serves' <(tail -f "$folder/relay.log"); then
    cat "$folder/relay.log" >&2
    return 1
  fi
}

call() {
  local calls=$((RATE * FOR_S))
  scenario answered
  # A call that fails is counted, so SIPp's own verdict is not the script's.
  play answered "$1" -p "$CALLER" -mp "$((VOICE + 10))" -cp "$CONTROL" -key number +16175550123 \
    -r "$RATE" -m "$calls" -l "$((RATE * 10))" -d "$UP_MS" -timeout "$((FOR_S + 60))s" \
    -trace_rtt -rtt_freq 1 -trace_stat -stf stat.csv -fd 1 || true
}

# The last row of SIPp's statistics, by the names in the first.
stat() {
  awk -F ';' -v name="$1" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
    END { print $column }' "$folder/stat.csv"
}

# Seconds until the last call was begun: calls that fail take half a minute more to be given up.
begun_s() {
  awk -F ';' -v calls="$((RATE * FOR_S))" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    NR > 1 && !found {
      split($column["ElapsedTime(C)"], time, ":")
      s = time[1] * 3600 + time[2] * 60 + time[3] + time[4] / 1000000
      found = $column["OutgoingCall(C)"] >= calls
    }
    END { print s }' "$folder/stat.csv"
}

# Milliseconds to 180 that this part of a hundred stayed under.
percentile() {
  awk -F ';' '$3 ~ /rung/ { print $2 }' "$folder"/answered_*_rtt.csv | sort -n |
    awk -v part="$1" '{ ms[NR] = $1 } END { i = int(NR * part / 100 + 0.999999); print ms[i] }'
}

report() {
  local well failed
  well=$(stat 'SuccessfulCall(C)')
  failed=$(stat 'FailedCall(C)')
  awk -v name="$1" -v rate="$RATE" -v took="$(begun_s)" -v well="$well" -v failed="$failed" \
    -v p50="$(percentile 50)" -v p99="$(percentile 99)" 'BEGIN {
      printf "%s: %d calls/s asked, %.0f well a second, %.2f %% failed, ",
        name, rate, well / took, 100 * failed / (well + failed)
      printf "rung p50 %s ms, p99 %s ms\n", p50, p99
    }'
}

target=$TARGET
if [[ -z "$target" ]]; then
  STEP="start the relay"
  start_relay
  target=127.0.0.1:$RELAY
fi
STEP="call"
call "$target"
STEP="report"
report "${TARGET:-relayed by Kamailio}"
