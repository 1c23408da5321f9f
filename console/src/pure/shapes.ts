// The outline of where a caller may be, as rings of a map. Flat-earth arithmetic at the latitude
// of the shape's middle: within the few kilometres that a shape spans it is off by less than the
// line is wide. Angles are clockwise from north (RFC 5491, section 5.2).

import type { LatLon, Place, Shape } from "./rows.ts";

/** Longitude and latitude in degrees, as maps take them. */
export type LonLat = [lon: number, lat: number];

/** What is drawn: areas by their rings, the outer one first; a point has none. */
export interface Outline {
  kind: Shape["kind"];
  rings: LonLat[][];
  /** Where a label stands and where the map goes to. */
  middle: LonLat;
}

/** Metres of one degree of latitude. */
const DEGREE_M = 111_319;
/** Corners of a full turn: a circle of 1 km is drawn to within 2 m. */
const TURN_CORNERS = 96;
/** Beyond it a degree of longitude is no length any more. */
const LATITUDE_MAX = 89.9;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

const lonLat = ([lat_e7, lon_e7]: LatLon): LonLat => [lon_e7 / 1e7, lat_e7 / 1e7];

/** The point `east_m` and `north_m` away from another. */
export function moved([lon, lat]: LonLat, east_m: number, north_m: number): LonLat {
  const narrow = Math.cos(radians(Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, lat))));
  return [lon + east_m / (DEGREE_M * narrow), lat + north_m / DEGREE_M];
}

/** The point at a distance in a direction, clockwise from north. */
function towards(from: LonLat, bearing_deg: number, metres: number): LonLat {
  const turn = radians(bearing_deg);
  return moved(from, Math.sin(turn) * metres, Math.cos(turn) * metres);
}

/** Points of an arc, both ends included. */
function arc(center: LonLat, radius_m: number, start_deg: number, opening_deg: number): LonLat[] {
  const steps = Math.max(2, Math.ceil((Math.abs(opening_deg) / 360) * TURN_CORNERS));
  return Array.from({ length: steps + 1 }, (_, step) =>
    towards(center, start_deg + (opening_deg * step) / steps, radius_m),
  );
}

function ellipse(shape: Extract<Shape, { kind: "ellipse" }>): LonLat[] {
  const center = lonLat(shape.center);
  const turn = radians(shape.orientation_deg);
  return Array.from({ length: TURN_CORNERS + 1 }, (_, step) => {
    const at = (step / TURN_CORNERS) * 2 * Math.PI;
    const along = Math.cos(at) * shape.semi_major_m;
    const across = Math.sin(at) * shape.semi_minor_m;
    // The long axis points to `orientation`; across it is a quarter turn further clockwise.
    const east = along * Math.sin(turn) + across * Math.cos(turn);
    const north = along * Math.cos(turn) - across * Math.sin(turn);
    return moved(center, east, north);
  });
}

function band(shape: Extract<Shape, { kind: "arc_band" }>): LonLat[][] {
  const center = lonLat(shape.center);
  const { inner_radius_m: inner, outer_radius_m: outer } = shape;
  const { start_angle_deg: start, opening_angle_deg: opening } = shape;
  if (opening >= 360) {
    const whole = (radius: number) => arc(center, radius, 0, 360);
    return inner > 0 ? [whole(outer), whole(inner).reverse()] : [whole(outer)];
  }
  const far = arc(center, outer, start, opening);
  const near = inner > 0 ? arc(center, inner, start, opening).reverse() : [center];
  return [closed([...far, ...near])];
}

function closed(ring: LonLat[]): LonLat[] {
  const [first, last] = [ring[0], ring.at(-1)];
  if (!first || !last || (first[0] === last[0] && first[1] === last[1])) return ring;
  return [...ring, first];
}

/** The middle of the box around a ring. */
function middleOf(ring: LonLat[]): LonLat {
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [middle(ring.map(([lon]) => lon)), middle(ring.map(([, lat]) => lat))];
}

function bandMiddle(shape: Extract<Shape, { kind: "arc_band" }>): LonLat {
  const center = lonLat(shape.center);
  if (shape.opening_angle_deg >= 360) return center;
  const half = shape.start_angle_deg + shape.opening_angle_deg / 2;
  return towards(center, half, (shape.inner_radius_m + shape.outer_radius_m) / 2);
}

function isNumbers(values: unknown[]): boolean {
  return values.every((value) => typeof value === "number" && Number.isFinite(value));
}

/** Whether all that the outline needs is there: what comes from outside may be anything. */
function isWhole(shape: Shape): boolean {
  const { kind, ...rest } = shape;
  const values = Object.values(rest).flat(2);
  const sizes: Record<Shape["kind"], number> = {
    point: 2,
    circle: 3,
    ellipse: 5,
    arc_band: 6,
    polygon: 6,
    prism: 7,
  };
  return kind in sizes && values.length >= sizes[kind] && isNumbers(values);
}

/** The outline of a shape; `null` if it is none that can be drawn. */
export function outlineOf(shape: Shape): Outline | null {
  if (!isWhole(shape)) return null;
  switch (shape.kind) {
    case "point":
      return { kind: shape.kind, rings: [], middle: lonLat(shape.center) };
    case "circle": {
      const middle = lonLat(shape.center);
      return { kind: shape.kind, rings: [arc(middle, shape.radius_m, 0, 360)], middle };
    }
    case "ellipse":
      return { kind: shape.kind, rings: [ellipse(shape)], middle: lonLat(shape.center) };
    case "arc_band":
      return { kind: shape.kind, rings: band(shape), middle: bandMiddle(shape) };
    case "polygon":
    case "prism": {
      const ring = closed(shape.ring.map(lonLat));
      return { kind: shape.kind, rings: [ring], middle: middleOf(ring) };
    }
  }
}

/** The outline of a place: of its shape, or the circle of its uncertainty, or its point. */
export function outlineOfPlace(place: Place | null | undefined): Outline | null {
  if (!place) return null;
  if (place.shape && "kind" in place.shape) {
    const outline = outlineOf(place.shape);
    if (outline) return outline;
  }
  if (place.lat_e7 == null || place.lon_e7 == null) return null;
  const center: LatLon = [place.lat_e7, place.lon_e7];
  const radius_m = place.uncertainty_m ?? 0;
  return outlineOf(radius_m > 0 ? { kind: "circle", center, radius_m } : { kind: "point", center });
}
