import assert from "node:assert/strict";
import { test } from "node:test";
import { metresBetween } from "../.tests/pure/distance.js";
import { outlineOf, outlineOfPlace } from "../.tests/pure/shapes.js";

const CENTER = [423_600_000, -710_900_000];
const e7 = ([lon, lat]) => ({ lat_e7: Math.round(lat * 1e7), lon_e7: Math.round(lon * 1e7) });
const center = { lat_e7: CENTER[0], lon_e7: CENTER[1] };
const far = (point) => metresBetween(center, e7(point));
const near = (actual, wanted, off = 1) =>
  assert.ok(Math.abs(actual - wanted) <= off, `${actual} is not ${wanted}`);

/** The direction of a point from the middle, in degrees clockwise from north. */
function bearing(point) {
  const { lat_e7, lon_e7 } = e7(point);
  const east = (lon_e7 - center.lon_e7) * Math.cos((center.lat_e7 / 1e7) * (Math.PI / 180));
  const turn = (Math.atan2(east, lat_e7 - center.lat_e7) * 180) / Math.PI;
  return (turn + 360) % 360;
}

test("every corner of a circle is its radius away, also where degrees are narrow", () => {
  const circle = outlineOf({ kind: "circle", center: CENTER, radius_m: 300 });
  for (const point of circle.rings[0]) near(far(point), 300);
  const north = [700_000_000, 250_000_000];
  const [ring] = outlineOf({ kind: "circle", center: north, radius_m: 1000 }).rings;
  const away = ring.map((p) => metresBetween({ lat_e7: north[0], lon_e7: north[1] }, e7(p)));
  for (const metres of away) near(metres, 1000, 3);
});

test("an ellipse has its long axis where its orientation points, clockwise from north", () => {
  const shape = { kind: "ellipse", center: CENTER, semi_major_m: 400, semi_minor_m: 100 };
  for (const orientation_deg of [0, 30, 90, 160]) {
    const [ring] = outlineOf({ ...shape, orientation_deg }).rings;
    const longest = ring.reduce((a, b) => (far(b) > far(a) ? b : a));
    const shortest = ring.reduce((a, b) => (far(b) < far(a) ? b : a));
    near(far(longest), 400);
    near(far(shortest), 100);
    near(bearing(longest) % 180, orientation_deg % 180, 1);
  }
});

test("an arc band lies between its radii, and opens clockwise from its start", () => {
  const shape = { kind: "arc_band", center: CENTER, inner_radius_m: 500, outer_radius_m: 900 };
  const { rings, middle } = outlineOf({ ...shape, start_angle_deg: 80, opening_angle_deg: 120 });
  assert.equal(rings.length, 1);
  for (const point of rings[0]) {
    const metres = far(point);
    assert.ok(Math.abs(metres - 500) <= 1 || Math.abs(metres - 900) <= 1, `${metres} m`);
    assert.ok(bearing(point) > 79 && bearing(point) < 201, `${bearing(point)} degrees`);
  }
  assert.deepEqual(rings[0][0], rings[0].at(-1));
  near(bearing(middle), 140);
  near(far(middle), 700);
});

test("a band across north keeps its side; from the middle it is a slice, whole a ring", () => {
  const shape = { kind: "arc_band", center: CENTER, inner_radius_m: 0, outer_radius_m: 900 };
  const slice = outlineOf({ ...shape, start_angle_deg: 350, opening_angle_deg: 20 });
  for (const point of slice.rings[0].filter((one) => far(one) > 10)) {
    assert.ok((bearing(point) + 30) % 360 < 61, `${bearing(point)} degrees`);
  }
  assert.ok(slice.rings[0].some((point) => far(point) === 0));
  const whole = { ...shape, inner_radius_m: 500, start_angle_deg: 10, opening_angle_deg: 360 };
  assert.equal(outlineOf(whole).rings.length, 2);
});

test("a polygon and a prism are the rings that were sent, closed", () => {
  const ring = [CENTER, [423_610_000, -710_900_000], [423_610_000, -710_880_000]];
  for (const shape of [{ kind: "polygon", ring }, { kind: "prism", ring, height_m: 4 }]) {
    const outline = outlineOf(shape);
    assert.equal(outline.rings[0].length, 4);
    assert.deepEqual(outline.rings[0][0], outline.rings[0][3]);
    assert.deepEqual(outline.middle.map((degrees) => degrees.toFixed(4)), ["-71.0890", "42.3605"]);
  }
});

test("what is no shape draws nothing, and does not fail", () => {
  for (const shape of [
    { kind: "circle", center: CENTER },
    { kind: "circle", center: ["a", 1], radius_m: 4 },
    { kind: "polygon", ring: [CENTER] },
    { kind: "cloud", center: CENTER, radius_m: 4 },
  ]) {
    assert.equal(outlineOf(shape), null, JSON.stringify(shape));
  }
});

test("a place without a shape is its uncertainty, or its point, or nothing", () => {
  const place = { ...center, uncertainty_m: 40 };
  assert.equal(outlineOfPlace(place).kind, "circle");
  assert.equal(outlineOfPlace({ ...place, shape: { erased: true } }).kind, "circle");
  assert.equal(outlineOfPlace({ ...place, uncertainty_m: null }).kind, "point");
  assert.equal(outlineOfPlace({ ...place, lat_e7: null }), null);
  assert.equal(outlineOfPlace(null), null);
});
