// What is known of a place, in words: how it was found, how sure it is, how old it is.

import { metres } from "./distance.ts";
import type { LocationSource, Place } from "./rows.ts";

/** Tokens of the IANA registry "Method Tokens" (RFC 4119, 6.1), as a call-taker reads them. */
const METHOD: Record<string, string> = {
  gps: "from the caller's satellite receiver",
  "a-gps": "from the caller's satellite receiver",
  gnss: "from the caller's satellite receiver",
  agnss: "from the caller's satellite receiver",
  cell: "from the phone network",
  otdoa: "from the phone network",
  ecid: "from the phone network",
  "e-cid": "from the phone network",
  triangulation: "from the phone network",
  "802.11": "from wireless networks nearby",
  wifi: "from wireless networks nearby",
  "dbh_helo": "from the caller's phone",
  dbh: "from the caller's phone",
  device: "from the caller's phone",
  "handset_agps": "from the caller's phone",
  wiremap: "from the socket of the line",
  "lldp-med": "from the socket of the line",
  dhcp: "from the socket of the line",
  manual: "entered by hand for this line",
  mps: "from the phone network",
  derived: "derived from another place",
};

const SOURCE: Record<LocationSource, string> = {
  value: "came with the call",
  held: "fetched from the network",
  presence: "told by the network",
  default: "the default place",
  typed: "given by a person",
};

/** A default place stands for one that nobody could find: it is not where the caller is. */
export function isDefault(place: Place | null | undefined): boolean {
  return place?.source === "default" || place?.method?.toLowerCase() === "default";
}

export function isTyped(place: Place | null | undefined): boolean {
  return place?.source === "typed";
}

/** `12 s ago`, `3 min ago`, `2 h ago`. */
export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s} s ago`;
  return s < 7200 ? `${Math.floor(s / 60)} min ago` : `${Math.floor(s / 3600)} h ago`;
}

function howFound(place: Place): string {
  const token = place.method ?? "";
  if (token === "") return "";
  return METHOD[token.toLowerCase()] ?? `found by ${token}`;
}

/** How large the area is: its reach if it is known, or what it is. */
function size(place: Place): string {
  if (place.uncertainty_m) return `within ${metres(place.uncertainty_m)}`;
  const shape = place.shape && "kind" in place.shape ? place.shape : null;
  if (shape?.kind === "circle") return `within ${metres(shape.radius_m)}`;
  if (shape?.kind === "ellipse") return `within ${metres(shape.semi_major_m)}`;
  if (shape && shape.kind !== "point") return "within the area drawn";
  return "how exact is not known";
}

function sure(place: Place): string {
  const percent = place.confidence_percent;
  return percent == null ? size(place) : `${percent} % ${size(place)}`;
}

function high(place: Place): string {
  const shape = place.shape && "kind" in place.shape ? place.shape : null;
  return shape?.kind === "prism" ? `${metres(shape.height_m)} high` : "";
}

/**
 * `from the phone network, 67 % within 120 m, 12 s ago`. `at` is when it came, if that is known.
 */
export function placeWords(place: Place, at: number | null, now: number): string {
  if (isDefault(place)) {
    return "a default place, not the caller's: nobody could say where the call comes from";
  }
  const came = place.source ? SOURCE[place.source] : "";
  const hasArea = place.lat_e7 != null || place.shape != null;
  const parts = [
    howFound(place) || came,
    howFound(place) && came,
    hasArea && !isTyped(place) ? sure(place) : "",
    high(place),
    at === null ? "" : ago(now - at),
  ];
  return parts.filter((part) => part !== "").join(", ");
}
