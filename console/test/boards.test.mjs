import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceAlarm, metres, metresBetween } from "../.tests/pure/distance.js";
import { callOrderFor, incidentOrder, unitOrder } from "../.tests/pure/ranks.js";
import { age, heat, until } from "../.tests/pure/times.js";

const incident = (id, stage, more = {}) => ({
  incident: id,
  stage,
  priority: 3,
  created_at: id,
  review_at: null,
  review_overdue: false,
  ...more,
});

test("a review that is due stands on top, then what nobody was sent to", () => {
  const rows = [
    incident(1, "on_scene", { priority: 1 }),
    incident(2, "pending"),
    incident(3, "pending", { priority: 1 }),
    incident(4, "held", { review_at: 900 }),
    incident(5, "held", { review_at: 100, review_overdue: true, priority: 5 }),
    incident(6, "held", { review_at: 500 }),
    incident(7, "pending"),
    incident(8, "created", { priority: null }),
  ];
  const order = rows.sort(incidentOrder).map((row) => row.incident);
  assert.deepEqual(order, [5, 8, 3, 2, 7, 6, 4, 1]);
});

test("the call that rings longest stands first, then calls in hand, then those that owe", () => {
  const call = (n, state, presented_at) => ({ call: n, state, presented_at });
  const rows = [call(1, "ended", 1), call(2, "answered", 2), call(3, "queued", 9)];
  rows.push(call(4, "queued", 5));
  assert.deepEqual(rows.sort(callOrderFor("ann")).map((row) => row.call), [4, 3, 2, 1]);
});

test("what is offered to me stands above what waits longer, queue by queue", () => {
  const call = (n, queue, waiting_since, offered_to = []) => {
    return { call: n, state: "queued", presented_at: 9, queue, waiting_since, offered_to };
  };
  const rows = [call(1, "b", 1), call(2, "a", 3), call(3, "a", 2), call(4, "b", 8, ["ann"])];
  assert.deepEqual(rows.sort(callOrderFor("ann")).map((row) => row.call), [4, 3, 2, 1]);
  assert.deepEqual(rows.sort(callOrderFor("bob")).map((row) => row.call), [3, 2, 1, 4]);
});

test("unit 10 comes after unit 9", () => {
  const names = ["E10", "E9", "E1"].map((unit) => ({ agency: "fire", unit }));
  assert.deepEqual(names.sort(unitOrder).map((row) => row.unit), ["E1", "E9", "E10"]);
});

test("ages are of whole seconds and never negative", () => {
  assert.deepEqual([-5, 0, 7_900, 754_000, 3_753_000].map(age), [
    "0:00",
    "0:00",
    "0:07",
    "12:34",
    "1:02:33",
  ]);
  assert.equal(until(90_000, 60_000), "in 0:30");
  assert.equal(until(60_000, 90_000), "0:30 ago");
});

test("a due time is near in its last third, and hot once it has come", () => {
  assert.deepEqual([0, 60, 61, 89, 90, 200].map((now) => heat(0, 90, now)), [
    "",
    "",
    "soon",
    "soon",
    "due",
    "due",
  ]);
  assert.equal(heat(0, null, 999), "");
});

const at = (lat_e7, lon_e7) => ({ lat_e7, lon_e7 });

test("distances are metres on the ground", () => {
  // One minute of latitude is a nautical mile, 1,852 m; at 60 degrees one of longitude is half.
  assert.ok(Math.abs(metresBetween(at(0, 0), at(166_667, 0)) - 1852) < 5);
  assert.ok(Math.abs(metresBetween(at(600e6, 0), at(600e6, 166_667)) - 926) < 3);
  assert.deepEqual([0, 340, 999, 1200].map(metres), ["0 m", "340 m", "999 m", "1.2 km"]);
});

test("the distance alarm allows for the uncertainty that came with the call", () => {
  const delivered = { ...at(423_700_000, -711_000_000), uncertainty_m: 300 };
  const near = at(423_745_000, -711_000_000);
  const far = at(423_760_000, -711_000_000);
  assert.equal(distanceAlarm(near, delivered), null);
  assert.equal(distanceAlarm(far, delivered), 668);
  assert.equal(distanceAlarm(near, { ...delivered, uncertainty_m: null }), 501);
  assert.equal(distanceAlarm(null, delivered), null);
  assert.equal(distanceAlarm(far, null), null);
});
