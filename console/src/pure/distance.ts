// How far the place that was written down lies from the place that was delivered with the call.

/** Beyond the delivered uncertainty plus this many metres the form raises its distance alarm. */
export const DISTANCE_ALARM_M = 250;

interface Point {
  lat_e7: number;
  lon_e7: number;
}

/** Metres in a straight line; flat-earth arithmetic, good to 0.1 % within one centre's area. */
export function metresBetween(a: Point, b: Point): number {
  const lat = ((a.lat_e7 + b.lat_e7) / 2e7) * (Math.PI / 180);
  const dy = (a.lat_e7 - b.lat_e7) * 0.0111319;
  const dx = (a.lon_e7 - b.lon_e7) * 0.0111319 * Math.cos(lat);
  return Math.round(Math.hypot(dx, dy));
}

/** Metres apart if that is too far to be the same place, otherwise `null`. */
export function distanceAlarm(
  chosen: Point | null,
  delivered: (Point & { uncertainty_m: number | null }) | null,
): number | null {
  if (chosen === null || delivered === null) return null;
  const metres = metresBetween(chosen, delivered);
  return metres > (delivered.uncertainty_m ?? 0) + DISTANCE_ALARM_M ? metres : null;
}

/** `340 m`, `1.2 km`. */
export function metres(m: number): string {
  return m < 1000 ? `${m} m` : `${(m / 1000).toFixed(1)} km`;
}
