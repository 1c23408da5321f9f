import assert from "node:assert/strict";
import { test } from "node:test";
import { indented, lineSpan, longestLine, outdented } from "../.tests/pure/lines.js";
import { Latest } from "../.tests/pure/latest.js";
import { dayAndTime, instantOf, timeOfDay, useZone } from "../.tests/pure/times.js";

test("tab indents at the caret, or the lines selected as a whole", () => {
  assert.deepEqual(indented("ab", 1, 1), { text: "a  b", start: 3, end: 3 });
  const both = indented("one\n\ntwo\nthree", 1, 8);
  assert.equal(both.text, "  one\n\n  two\nthree");
  assert.equal(both.text.slice(both.start, both.end), "ne\n\n  two");
});

test("shift and tab takes one indent back, and nothing that is no indent", () => {
  const back = outdented("  one\n two\nthree", 2, 14);
  assert.equal(back.text, "one\ntwo\nthree");
  assert.deepEqual(outdented("one", 2, 2), { text: "one", start: 2, end: 2 });
});

test("a selection that ends where a line starts leaves that line alone", () => {
  assert.equal(indented("one\ntwo\n", 0, 4).text, "  one\ntwo\n");
});

test("a line is found by its number, and the last one beyond the end", () => {
  assert.deepEqual(lineSpan("a\nbcd\ne", 2), [2, 5]);
  assert.deepEqual(lineSpan("a\nbcd\ne", 9), [6, 7]);
  assert.equal(longestLine("a\nbcd\ne"), 3);
});

test("only the last question's answer counts", () => {
  const latest = new Latest();
  const first = latest.begin();
  const second = latest.begin();
  assert.deepEqual([first(), second()], [false, true]);
});

test("times are the centre's, in summer, in winter and where clocks change", () => {
  assert.equal(useZone("America/New_York"), "America/New_York");
  const winter = Date.UTC(2026, 0, 15, 14, 5, 9);
  assert.equal(timeOfDay(winter), "09:05:09");
  assert.equal(dayAndTime(winter), "2026-01-15 09:05");
  assert.equal(instantOf("2026-01-15T09:05"), Date.UTC(2026, 0, 15, 14, 5));
  assert.equal(instantOf("2026-07-15T09:05"), Date.UTC(2026, 6, 15, 13, 5));
  // One hour after the clocks went forward.
  assert.equal(instantOf("2026-03-08T03:30"), Date.UTC(2026, 2, 8, 7, 30));
  assert.equal(instantOf("soon"), null);
  assert.equal(useZone("Nowhere/At_All"), "");
});
