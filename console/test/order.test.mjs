import assert from "node:assert/strict";
import { test } from "node:test";
import { BoardOrder, isStale } from "../.tests/pure/order.js";

const shown = (places) =>
  places.map(({ key, fresh, gone }) => `${gone ? "-" : fresh ? "+" : ""}${key}`).join(" ");

test("nobody there: rows stand where they belong", () => {
  const order = new BoardOrder();
  assert.equal(shown(order.arrange([1, 2, 3], false)), "1 2 3");
  assert.equal(shown(order.arrange([3, 1], false)), "3 1");
});

test("under the cursor nothing moves: new rows come last, rows that left keep their place", () => {
  const order = new BoardOrder();
  order.arrange([1, 2, 3], false);
  assert.equal(shown(order.arrange([4, 3, 1], true)), "1 -2 3 +4");
  assert.equal(shown(order.arrange([5, 4, 3, 1], true)), "1 -2 3 +4 +5");
});

test("a row that left and came back while frozen stands at its old place", () => {
  const order = new BoardOrder();
  order.arrange([1, 2, 3], false);
  order.arrange([1, 3], true);
  assert.equal(shown(order.arrange([2, 1, 3], true)), "1 2 3");
});

test("when the hand leaves, the order is made again", () => {
  const order = new BoardOrder();
  order.arrange([1, 2, 3], false);
  order.arrange([4, 3, 1], true);
  assert.equal(shown(order.arrange([4, 3, 1], false)), "4 3 1");
});

test("an empty list has nothing to freeze", () => {
  const order = new BoardOrder();
  assert.equal(shown(order.arrange([], true)), "");
  assert.equal(shown(order.arrange([2, 1], true)), "2 1");
});

test("it is said when the order shown is not the order that belongs", () => {
  const order = new BoardOrder();
  assert.equal(isStale(order.arrange([1, 2], false), [1, 2]), false);
  assert.equal(isStale(order.arrange([2, 1], true), [2, 1]), true);
  assert.equal(isStale(order.arrange([1], true), [1]), true);
});
