import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asPairs,
  askedOfCaller,
  askedOfEmergency,
  callerDecides,
  choicesOf,
  factsFor,
  fromPairs,
  textOf,
} from "../.tests/pure/facts.js";

const weapon = {
  name: "weapon",
  class: "emergency",
  asked: true,
  values: ["no", "yes", "unknown"],
};
const severity = { name: "severity", class: "emergency", asked: true, from: 0, to: 4 };
const text = {
  policy: "police",
  title: "Police",
  natures: ["police.noise"],
  verdict: "even",
  attributes: [
    { name: "nature", class: "emergency", asked: false, values: ["police.noise", "unknown"] },
    severity,
    weapon,
    { name: "language", class: "caller", asked: true, values: ["en", "es", "unknown"] },
  ],
};

test("a type is answered for by the text that has it, and by the table if none has", () => {
  const policy = { attributes: [text] };
  assert.equal(textOf(policy, "police.noise"), text);
  assert.equal(textOf(policy, "fire.structure"), undefined);
  assert.equal(textOf(null, "police.noise"), undefined);
});

test("how bad is asked apart from who, and what the centre knows is not asked", () => {
  assert.deepEqual(askedOfEmergency(text).map((one) => one.name), ["severity", "weapon"]);
  assert.deepEqual(askedOfCaller(text).map((one) => one.name), ["language"]);
});

test("unknown stands first and has a key of its own, which no other word gets", () => {
  const many = { ...weapon, values: [...Array(30).keys()].map((n) => `w${n}`).concat("unknown") };
  const keys = choicesOf(many).map((one) => one.key);
  assert.deepEqual(choicesOf(weapon)[0], { value: "unknown", key: "u" });
  assert.equal(new Set(keys).size, keys.length);
});

test("only facts that the policy knows are sent, and unknown is not one", () => {
  const given = { severity: "9", weapon: "unknown", other: "x" };
  assert.deepEqual(factsFor([severity, weapon], given), {});
  const known = { severity: "0", weapon: "yes" };
  assert.deepEqual(factsFor([severity, weapon], known), known);
  assert.deepEqual(factsFor([severity], { severity: "" }), {});
});

test("who calls is asked before the outcome only where the answer depends on it", () => {
  assert.equal(callerDecides(text), false);
  assert.equal(callerDecides(undefined), false);
  assert.equal(callerDecides({ ...text, verdict: "uneven" }), true);
});

test("facts of a caller go out and come back as pairs, the last word counting", () => {
  assert.deepEqual(asPairs({ language: "es" }), ["language=es"]);
  assert.deepEqual(fromPairs(["language=en", "language=es"]), { language: "es" });
});
