import type { Personal, Place } from "../pure/rows.ts";

/** A personal value as text; erased ones say so, missing ones are empty. */
export function personal(value: Personal): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : "(erased)";
}

/** Where something is, in the words given for it, or as a point if there are none. */
export function whereOf(place: Place | null): string {
  const address = personal(place?.address ?? null);
  if (address !== "") return address;
  if (place?.lat_e7 == null || place.lon_e7 == null) return "place not known";
  return `point ${(place.lat_e7 / 1e7).toFixed(5)}, ${(place.lon_e7 / 1e7).toFixed(5)}`;
}
