// Rows of the boards as features of the map. A sign and a word each, so that colour is never
// alone.

import { metres, metresBetween } from "../pure/distance.ts";
import { isDefault, isTyped } from "../pure/places.ts";
import type { CallRow, IncidentRow, Place, UnitRow } from "../pure/rows.ts";
import { outlineOfPlace } from "../pure/shapes.ts";
import { unitMark } from "../ui/marks.ts";
import type { Marks } from "./style.ts";

export interface Feature {
  type: "Feature";
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, string | number>;
}

type Point = { lat_e7: number; lon_e7: number };

const lonLat = (p: Point): [number, number] => [p.lon_e7 / 1e7, p.lat_e7 / 1e7];

function pointOf(place: { lat_e7: number | null; lon_e7: number | null } | null): Point | null {
  if (place?.lat_e7 == null || place.lon_e7 == null) return null;
  return { lat_e7: place.lat_e7, lon_e7: place.lon_e7 };
}

function mark(p: Point, properties: Feature["properties"]): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: lonLat(p) }, properties };
}

export function unitFeatures(units: Iterable<UnitRow>, marks: Marks): Feature[] {
  return [...units].flatMap((unit) => {
    const point = pointOf(unit);
    if (!point) return [];
    const { sign, tone } = unitMark(unit);
    return [mark(point, { sign, colour: marks[tone], label: unit.unit, unit: unit.unit })];
  });
}

export function incidentFeatures(
  incidents: Iterable<IncidentRow>,
  selected: number | null,
  marks: Marks,
): Feature[] {
  const open = [...incidents].filter((row) => row.stage !== "closed" && row.merged_into === null);
  return open.flatMap((row) => {
    const point = pointOf(row.location);
    if (!point) return [];
    const colour = row.priority === 1 ? marks.urgent : marks.waiting;
    const sign = row.incident === selected ? "◉" : "●";
    const label = `I${row.incident} ${row.incident_type ?? ""}`;
    return [mark(point, { sign, colour, label, incident: row.incident })];
  });
}

/** Calls that have no incident yet: those that wait for a person. */
export function callFeatures(
  calls: Iterable<CallRow>,
  selected: number | null,
  marks: Marks,
): Feature[] {
  return [...calls].flatMap((call) => {
    const point = pointOf(call.location);
    if (!point || call.incident !== null) return [];
    const sign = call.call === selected ? "◎" : "○";
    return [mark(point, { sign, colour: marks.call, label: `C${call.call}`, call: call.call })];
  });
}

/** The place that the line delivered, whatever a person made of it since. */
export function deliveredPlace(call: CallRow | undefined): Place | null {
  if (!call) return null;
  return call.delivered ?? (isTyped(call.location) ? null : call.location);
}

/**
 * The area within which the caller of the call in hand is thought to be; and a line from it to the
 * place that a person gave, with its length, so that the two are never taken for one.
 */
export function outlineFeatures(place: Place | null, given: Point | null): Feature[] {
  const outline = outlineOfPlace(place);
  if (!outline) return [];
  const drawn = isDefault(place) ? "default" : "delivered";
  const areas = outline.rings.length === 0 ? [] : [polygon(outline.rings, drawn)];
  const from = pointOf(place);
  return from && given && !isDefault(place) ? [...areas, between(from, given)] : areas;
}

function polygon(rings: unknown, drawn: string): Feature {
  const geometry = { type: "Polygon", coordinates: rings };
  return { type: "Feature", geometry, properties: { drawn } };
}

function between(from: Point, to: Point): Feature {
  const geometry = { type: "LineString", coordinates: [lonLat(from), lonLat(to)] };
  const label = metres(metresBetween(from, to));
  return { type: "Feature", geometry, properties: { drawn: "between", label } };
}

/** The sign of the delivered place, beside that of the place that a person gave. */
export function deliveredFeatures(place: Place | null, marks: Marks): Feature[] {
  const point = pointOf(place);
  if (!point) return [];
  const isCaller = !isDefault(place);
  const label = isCaller ? "came from here" : "default place, not the caller's";
  return [mark(point, { sign: isCaller ? "◎" : "?", colour: marks.call, label })];
}

/** The place that the call form shows now. */
export function locatedFeatures(point: Point | null, marks: Marks): Feature[] {
  return point ? [mark(point, { sign: "✚", colour: marks.chosen, label: "as given" })] : [];
}

const KIND_SIGN: Record<string, string> = {
  fire_station: "▲",
  police_station: "★",
  hospital: "H",
  shelter: "⌂",
};

/** Stations and other named places, with the signs of their kinds. */
export function placeFeatures(places: Feature[], marks: Marks): Feature[] {
  return places.map((place) => {
    const kind = String(place.properties["kind"] ?? "");
    const label = String(place.properties["name"] ?? "");
    return { ...place, properties: { sign: KIND_SIGN[kind] ?? "·", colour: marks.place, label } };
  });
}
