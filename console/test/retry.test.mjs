import assert from "node:assert/strict";
import { test } from "node:test";
import { NoAnswer, reconnectDelay, sendWithRetry } from "../.tests/pure/retry.js";

/** A sender that is not answered `silences` times. */
function line(silences, result = "done") {
  const sent = { times: 0 };
  const send = async () => {
    sent.times += 1;
    if (sent.times <= silences) throw new NoAnswer("silence");
    return result;
  };
  return { sent, send };
}

test("an order without an answer is sent again until there is one", async () => {
  const waits = [];
  const { sent, send } = line(2);
  const wait = async (ms) => void waits.push(ms);
  assert.equal(await sendWithRetry(send, wait, [10, 20, 30]), "done");
  assert.equal(sent.times, 3);
  assert.deepEqual(waits, [10, 20]);
});

test("after the last attempt the silence is told", async () => {
  const { sent, send } = line(99);
  await assert.rejects(sendWithRetry(send, async () => {}, [10, 20]), NoAnswer);
  assert.equal(sent.times, 3);
});

test("any other fault is not sent again", async () => {
  let times = 0;
  const send = async () => {
    times += 1;
    throw new TypeError("a bug");
  };
  await assert.rejects(sendWithRetry(send, async () => {}, [10]), TypeError);
  assert.equal(times, 1);
});

test("the socket comes back fast at first and never waits more than four seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map(reconnectDelay), [250, 500, 1000, 2000, 4000, 4000]);
});
