import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyBoards, lay } from "../.tests/pure/frames.js";

const call = (n, state) => ({ topic: "calls", type: "row", data: { call: n, state } });
const gone = (n) => ({ topic: "calls", type: "gone", data: { call: n } });
const changes = (seq, ...list) => ({ seq, type: "changes", changes: list });

function snapshot(seq, calls) {
  const rest = { incidents: [], units: [], alerts: [], shifts: [] };
  const data = { ...rest, calls, situation: { ringing: 1 }, center: { name: "here" } };
  return { seq, type: "snapshot", data };
}

const MESSAGES = [
  changes(11, call(2, "queued")),
  changes(14, call(2, "answered"), call(3, "queued")),
  changes(15, gone(1)),
  changes(20, call(3, "answered"), { topic: "situation", type: "row", data: { ringing: 0 } }),
];

function laidOn(messages) {
  const boards = emptyBoards();
  for (const message of messages) lay(boards, message);
  return boards;
}

const start = snapshot(10, [{ call: 1, state: "queued" }]);

test("changes are laid on in order", () => {
  const boards = laidOn([start, ...MESSAGES]);
  assert.equal(boards.seq, 20);
  assert.deepEqual([...boards.calls.keys()], [2, 3]);
  assert.equal(boards.calls.get(3).state, "answered");
  assert.equal(boards.situation.ringing, 0);
});

test("a connection lost anywhere and resumed, repeats included, gives the same boards", () => {
  const whole = laidOn([start, ...MESSAGES]);
  for (let lost = 0; lost <= MESSAGES.length; lost += 1) {
    for (let repeated = 0; repeated <= lost; repeated += 1) {
      const resumed = [start, ...MESSAGES.slice(0, lost), ...MESSAGES.slice(lost - repeated)];
      assert.deepEqual(laidOn(resumed), whole, `lost after ${lost}, ${repeated} repeated`);
    }
  }
});

test("a repeated change does not undo a later one", () => {
  const boards = laidOn([start, ...MESSAGES]);
  assert.equal(lay(boards, MESSAGES[0]), false);
  assert.equal(boards.calls.get(2).state, "answered");
});

test("a snapshot takes the place of everything", () => {
  const boards = laidOn([start, ...MESSAGES, snapshot(5, [{ call: 9, state: "queued" }])]);
  assert.deepEqual([...boards.calls.keys()], [9]);
  assert.equal(boards.seq, 5);
});

test("a heartbeat changes no board and moves no place to resume from", () => {
  const boards = laidOn([start]);
  assert.equal(lay(boards, { seq: 99, type: "heartbeat", data: { at: 1 } }), false);
  assert.equal(boards.seq, 10);
});
