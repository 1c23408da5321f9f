import assert from "node:assert/strict";
import { test } from "node:test";
import {
  affectedText,
  byLine,
  findings,
  percent,
  smallestPair,
  verdictOf,
} from "../.tests/pure/check.js";

const any = { any: true, text: "any", example: "0" };
const pairOf = (differing) => ({
  subject: "response",
  rows: [..."abc"].map((attribute, at) => ({
    attribute,
    class: "caller",
    differs: at < differing,
    left: any,
    right: any,
  })),
  left: { value: "send", rule: "x", line: 3 },
  right: { value: "decline", rule: "y", line: 4 },
});
const depends = (differing, excepted) => ({
  subject: "response",
  attributes: ["affiliation"],
  class: "caller",
  found: { found: "depends", pair: pairOf(differing), affected: "1234", share: 0.25, excepted },
});
const never = { ...depends(1, false), subject: "units", found: { found: "never" } };
const empty = {
  verdict: { verdict: "even" },
  independence: [],
  never: [],
  accommodations: [],
  exceptions: [],
  worse: [],
  floors: [],
  unknown: [],
  expectations: [],
  rules: [],
  places: [],
  undecided: [],
};

test("the headline is the smallest pair that no exception covers, else the smallest", () => {
  const found = [depends(1, true), depends(3, false), depends(2, false)];
  const report = { ...empty, independence: found };
  assert.equal(smallestPair(report), report.independence[2].found);
  const excepted = { ...empty, independence: [depends(2, true), depends(1, true), never] };
  assert.equal(smallestPair(excepted), excepted.independence[1].found);
  assert.equal(smallestPair(empty), null);
});

test("what stands against comes first, an exception is told as one, proofs are told too", () => {
  const report = { ...empty, independence: [never, depends(1, true), depends(2, false)] };
  const found = findings(report);
  assert.deepEqual(found.map((one) => one.tone), ["fail", "warn", "ok"]);
  assert.match(found[0].text, /^`response` depends on `affiliation` \(caller\): 1,234 of/);
  assert.match(found[1].text, /by a signed exception/);
});

test("every kind of finding is told, and none as proved that is not", () => {
  const claim = (result) => ({ claim: "worse `a` must not worsen `response`", line: 9, result });
  const report = {
    ...empty,
    worse: [claim({ result: "fails", pair: pairOf(1), affected: null, share: null })],
    floors: [claim({ result: "not_decided", why: "too large" })],
    expectations: [claim({ result: "empty" })],
    rules: [{ rule: "r", line: 5, fault: "shadowed", covered_by: ["q"], and_others: true }],
    exceptions: [
      {
        attribute: "a",
        outcome: "response",
        because: "law",
        until: "2027-01-01",
        signed: ["A", "B"],
        line: 2,
        state: "broken",
        broken: pairOf(1),
      },
    ],
    undecided: ["the budget was used up"],
  };
  const found = findings(report);
  assert.deepEqual(
    found.map((one) => one.tone),
    ["fail", "fail", "open", "open", "warn", "warn"],
  );
  assert.ok(found.every((one) => one.tone !== "ok"));
});

test("a verdict that was not reached is not decided, never even", () => {
  assert.equal(verdictOf({ verdict: { verdict: "not_decided", because: ["x"] } }), "undecided");
  const excepted = { verdict: { verdict: "even_but_for", because: [] } };
  assert.equal(verdictOf(excepted), "even_but_for_exceptions");
});

test("a share that is not nothing does not read as nothing", () => {
  assert.equal(percent(0.000001), "under 0.01 %");
  assert.equal(percent(0), "0.00 %");
  assert.equal(percent(0.125), "12.5 %");
  assert.equal(affectedText(null, null), "not counted");
});

test("several problems on a line stand there together", () => {
  const at = (file, line, fault) => ({ file, line, fault, mend: "m" });
  const lines = byLine([at("a", 2, "x"), at("a", 2, "y"), at("b", 3, "z")], "a");
  assert.deepEqual([...lines], [[2, "x; m · y; m"]]);
});
