import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, isDefault, isTyped, placeWords } from "../.tests/pure/places.js";

const PLACE = { address: null, lat_e7: 1, lon_e7: 2, uncertainty_m: 120, verified: false };

test("a place says how it was found, how sure it is, and how old", () => {
  const cell = { ...PLACE, method: "Cell", confidence_percent: 67 };
  const words = "from the phone network, 67 % within 120 m, 12 s ago";
  assert.equal(placeWords(cell, 3000, 15_400), words);
  const held = { ...cell, method: "GPS", source: "held", uncertainty_m: 1200 };
  assert.equal(
    placeWords(held, null, 0),
    "from the caller's satellite receiver, fetched from the network, 67 % within 1.2 km",
  );
});

test("a method nobody knows is named; without any the source is said", () => {
  assert.match(placeWords({ ...PLACE, method: "Crystal" }, null, 0), /^found by Crystal, within/);
  assert.match(placeWords({ ...PLACE, source: "value" }, null, 0), /^came with the call, within/);
  assert.equal(placeWords({ ...PLACE, uncertainty_m: null }, null, 0), "how exact is not known");
});

test("a shape without a reach still says what it is", () => {
  const ring = [[1, 2], [3, 4], [5, 6]];
  const prism = { kind: "prism", ring, height_m: 3 };
  const place = { ...PLACE, uncertainty_m: null, confidence_percent: 95, shape: prism };
  assert.equal(placeWords(place, null, 0), "95 % within the area drawn, 3 m high");
});

test("a default place is never given as the caller's", () => {
  for (const place of [{ ...PLACE, source: "default" }, { ...PLACE, method: "Default" }]) {
    assert.equal(isDefault(place), true);
    assert.match(placeWords(place, 0, 0), /not the caller's/);
  }
  assert.equal(isDefault(PLACE), false);
  assert.equal(isDefault(null), false);
});

test("a typed place is a person's", () => {
  const typed = { ...PLACE, source: "typed", uncertainty_m: null };
  assert.equal(isTyped(typed), true);
  assert.equal(placeWords(typed, 0, 5000), "given by a person, 5 s ago");
});

test("ages are in the largest unit that still tells", () => {
  assert.deepEqual([-1, 0, 119_000, 120_000, 7_200_000].map(ago), [
    "0 s ago",
    "0 s ago",
    "119 s ago",
    "2 min ago",
    "2 h ago",
  ]);
});
