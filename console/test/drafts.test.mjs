import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts, emptyDraft, withoutSent } from "../.tests/pure/drafts.js";

/** What a browser keeps over a reload. */
class Shelf {
  kept = new Map();
  get length() {
    return this.kept.size;
  }
  key(index) {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    this.kept.set(key, String(value));
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

const half = { ...emptyDraft(), where: "77 mass", words: "he does not bre" };

test("half-typed text survives a reload", () => {
  const shelf = new Shelf();
  new Drafts(shelf).write(7, half);
  assert.deepEqual(new Drafts(shelf).read(7), half);
});

test("each call has its own", () => {
  const drafts = new Drafts(new Shelf());
  drafts.write(7, half);
  assert.deepEqual(drafts.read(8), emptyDraft());
});

test("drafts go with the calls that are accounted for, and nothing else goes", () => {
  const shelf = new Shelf();
  const drafts = new Drafts(shelf);
  shelf.setItem("evenhand.theme", "light");
  for (const call of [1, 2, 3]) drafts.write(call, half);
  drafts.keepOnly((call) => call === 2);
  assert.deepEqual(drafts.read(1), emptyDraft());
  assert.deepEqual(drafts.read(2), half);
  assert.deepEqual(drafts.read(3), emptyDraft());
  assert.equal(shelf.getItem("evenhand.theme"), "light");
});

test("a damaged draft or one of an older version does not stop the form", () => {
  const shelf = new Shelf();
  const drafts = new Drafts(shelf);
  shelf.setItem("evenhand.draft.7", "{");
  assert.deepEqual(drafts.read(7), emptyDraft());
  shelf.setItem("evenhand.draft.7", '{"where":"77 mass"}');
  assert.deepEqual(drafts.read(7), { ...emptyDraft(), where: "77 mass" });
});

test("what was typed while the words were on their way is not lost with them", () => {
  assert.equal(withoutSent("he fell", "he fell"), "");
  assert.equal(withoutSent("he fell and bleeds", "he fell"), "and bleeds");
  assert.equal(withoutSent("she fell", "he fell"), "she fell");
});
