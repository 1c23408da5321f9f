import assert from "node:assert/strict";
import { test } from "node:test";
import {
  additionalOf,
  callbackWords,
  enteredWords,
  grouped,
  isOfferedTo,
  nextToAnswer,
  offerWords,
  ordinal,
  repeatWords,
  serviceWords,
  transferWords,
} from "../.tests/pure/calls.js";

const call = (n, state, more = {}) => ({ call: n, state, presented_at: n * 1000, ...more });
const again = (n, state, number, more = {}) =>
  call(n, state, { repeats: { lead: 1, count: 3, number }, ...more });
const drawn = (calls) =>
  grouped(calls).map(({ head, others }) => [head.call, ...others.map((one) => one.call)]);

test("repeats of one number are one row, that of the call that rings", () => {
  const rows = [again(1, "abandoned", 1), again(2, "abandoned", 2), again(5, "queued", 3)];
  assert.deepEqual(drawn([...rows, call(4, "queued")]), [[5, 1, 2], [4]]);
  assert.equal(repeatWords(grouped(rows)[0]), "3rd call");
  assert.equal(repeatWords({ head: call(4, "queued"), others: [] }), "");
});

test("redials that are all abandoned are one row, that of the oldest", () => {
  const rows = [3, 2, 1].map((n) => again(n, "abandoned", n));
  assert.deepEqual(drawn(rows), [[1, 2, 3]]);
});

test("an answered call carries the abandoned ones; one that rings meanwhile stands beside", () => {
  const rows = [again(1, "abandoned", 1), again(2, "answered", 2)];
  assert.deepEqual(drawn(rows), [[2, 1]]);
  assert.deepEqual(drawn([...rows, again(3, "queued", 3)]), [[2], [3, 1]]);
});

test("a row without anything of queues is a group of its own", () => {
  assert.deepEqual(drawn([call(1, "queued"), call(2, "ended")]), [[1], [2]]);
});

test("what is offered to me is answered first, then whoever waits longest", () => {
  const rows = [
    call(1, "answered"),
    call(2, "queued", { waiting_since: 2000 }),
    call(3, "queued", { waiting_since: 500 }),
    call(4, "queued", { queue: "emergency", offered_to: ["ann"] }),
  ];
  assert.equal(nextToAnswer(rows, "ann").call, 4);
  assert.equal(nextToAnswer(rows, "bob").call, 3);
  assert.equal(nextToAnswer([rows[0]], "bob"), undefined);
  assert.equal(isOfferedTo(call(5, "answered", { offered_to: ["ann"] }), "ann"), false);
});

test("to whom a call is offered is said from where one sits", () => {
  const offered = (to, round = 1) => call(1, "queued", { queue: "q", offered_to: to, round });
  assert.equal(offerWords(offered(["ann"]), "ann"), "offered to you");
  assert.equal(offerWords(offered(["ann", "bob"], 2), "ann"), "to you and bob, round 2");
  assert.equal(offerWords(offered(["bob"]), "ann"), "offered to bob");
  assert.equal(offerWords(offered(["a", "b", "c"]), "ann"), "offered to 3 others");
  assert.equal(offerWords(offered([], 3), "ann"), "offered to nobody, round 3");
  assert.equal(offerWords(call(1, "queued"), "ann"), "");
});

test("numbers are counted as people count", () => {
  const words = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal);
  assert.deepEqual(words, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
});

test("what was asked for, and by which door, is in words", () => {
  const urns = ["sos", "sos.fire", "test.sos.police"].map((name) => `urn:service:${name}`);
  const words = ["emergency", "fire", "police", "no service named"];
  assert.deepEqual([...urns, "tel"].map(serviceWords), words);
  assert.equal(serviceWords(null), "");
  assert.deepEqual(["sip/tls", "text", null].map(enteredWords), ["SIP over TLS", "text", ""]);
});

test("data of the subscriber waits, that of a crash does not", () => {
  const [crash, subscriber, bare] = additionalOf([
    "VehicleCrash: 2 people, airbags: yes",
    "SubscriberInfo: a name",
    "only words",
  ]);
  assert.deepEqual(crash, {
    kind: "vehicle crash",
    words: "2 people, airbags: yes",
    isOfCaller: false,
  });
  assert.deepEqual([subscriber.kind, subscriber.isOfCaller], ["subscriber", true]);
  assert.deepEqual(bare, { kind: "", words: "only words", isOfCaller: false });
});

test("a transfer says whose the caller is", () => {
  const to = "sip:psap@other.example";
  assert.equal(transferWords({ to, state: "started" }), `being handed to ${to}…`);
  assert.equal(transferWords({ to, state: "accepted" }), `${to} has the caller`);
  const failed = transferWords({ to, state: "failed", code: 486 });
  assert.equal(failed, `${to} did not take it (busy, 486); the caller is still yours`);
  assert.match(transferWords({ to, state: "failed", code: 500 }), /\(answer, 500\)/);
});

test("a callback says how far it got", () => {
  const callback = { due: 0, attempts: 1, ringing: true, reached: false, owner: null };
  assert.equal(callbackWords(callback), "being rung back…");
  const told = (progress, code) => callbackWords(callback, { call: 1, progress, code });
  assert.equal(told("dialling"), "dialled…");
  assert.equal(told("failed", 486), "no answer: busy, 486");
  assert.match(told("over"), /say whether/);
  assert.equal(callbackWords({ ...callback, ringing: false }), "");
  assert.equal(callbackWords({ ...callback, reached: true }), "reached");
});
