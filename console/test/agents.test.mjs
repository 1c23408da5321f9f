import assert from "node:assert/strict";
import { test } from "node:test";
import {
  agentTime,
  queueTrouble,
  shortageOf,
  staffing,
  staffOrder,
} from "../.tests/pure/agents.js";
import { deliveredAt, rebidSince, turnsOf, typedAt } from "../.tests/pure/conversation.js";
import { NO_TROUBLE, troubleOf, voiceWords } from "../.tests/pure/voice.js";

const shift = (person, agent_state, more = {}) => ({ person, agent_state, ...more });

test("a state shows how long it lasts; a wrap-up that ends by itself, what is left", () => {
  assert.equal(agentTime(shift("a", "ready", { agent_since: 1000 }), 8000), "0:07");
  const wrap = shift("a", "wrap_up", { agent_since: 0, agent_until: 20_000 });
  assert.equal(agentTime(wrap, 8000), "0:12 left");
  assert.equal(agentTime(shift("a", "wrap_up", { agent_since: 0 }), 8000), "0:08");
  assert.equal(agentTime(shift("a", undefined), 8000), "");
});

test("staff are ordered by whether they can take a call, and counted", () => {
  const staff = [shift("d"), shift("c", "break"), shift("b", "ready"), shift("a", "busy")];
  assert.deepEqual(staff.sort(staffOrder).map((one) => one.person), ["b", "a", "c", "d"]);
  const counts = staffing(staff).map(({ state, count }) => [state, count]);
  assert.deepEqual(counts, [["ready", 1], ["busy", 1], ["wrap_up", 0], ["break", 1]]);
  assert.deepEqual(staffing([shift("d")]), []);
});

test("a queue is loud where somebody waits and nobody is ready", () => {
  const some = { state: "Active", at_work: 2 };
  const queue = (length, ready, more = {}) => ({ ...some, length, ready, ...more });
  const shortages = [queue(1, 0), queue(0, 0), queue(3, 1)].map(shortageOf);
  assert.deepEqual(shortages, ["calls", "soft", "none"]);
  assert.equal(queueTrouble(queue(0, 0)), "nobody ready");
  assert.equal(queueTrouble(queue(0, 0, { at_work: 0, state: "Inactive" })), "nobody at work");
  assert.equal(queueTrouble(queue(9, 1, { state: "Full" })), "full");
  assert.equal(queueTrouble(queue(1, 1, { state: "Disabled" })), "nothing can be recorded");
  assert.equal(queueTrouble(queue(1, 1)), "");
});

const entry = (seq, type, actor, text = "") => ({ seq, at: seq * 1000, type, actor, text });
const STORY = [
  entry(1, "CallPresented", "line"),
  entry(2, "WordsRecorded", "line", "C7: someone is in the house"),
  entry(3, "WordsRecorded", "ann", "7: where are you: exactly?"),
  entry(4, "CallLocated", "ann"),
  entry(5, "CallLocated", "line"),
  entry(6, "LocationRebid", "ann"),
];

test("a conversation is who said what, in order", () => {
  assert.deepEqual(turnsOf(STORY), [
    { seq: 2, at: 2000, by: "", text: "someone is in the house" },
    { seq: 3, at: 3000, by: "ann", text: "where are you: exactly?" },
  ]);
});

test("each place has its own age, and a re-bid is open until it is answered", () => {
  assert.equal(typedAt(STORY), 4000);
  assert.equal(deliveredAt(STORY, 1000), 5000);
  assert.equal(deliveredAt(STORY.slice(0, 4), 1000), 1000);
  assert.equal(rebidSince(STORY), 6000);
  assert.equal(rebidSince([...STORY, entry(7, "CallLocated", "ann")]), 6000);
  assert.equal(rebidSince([...STORY, entry(7, "LocationFailed", "line")]), null);
  assert.equal(rebidSince([...STORY, entry(7, "CallLocated", "line")]), null);
});

test("voice that is well says nothing; each trouble is said, the worst first", () => {
  assert.deepEqual(voiceWords("connected", NO_TROUBLE), []);
  const names = (state, trouble) =>
    voiceWords(state, { ...NO_TROUBLE, ...trouble }).map((one) => one.name);
  assert.deepEqual(names("connected", { callerSilent: true, lostPercent: 100 }), ["caller_silent"]);
  assert.deepEqual(names("connected", { callerHearsNothing: true }), ["caller_hears_nothing"]);
  assert.deepEqual(names("no_microphone", { callerHearsNothing: true }), ["no_microphone"]);
  assert.deepEqual(names("no_media", { lostPercent: 2 }), ["no_media"]);
  const told = (state, lost_percent = 0) =>
    voiceWords("connected", troubleOf({ state, lost_percent })).map((one) => one.text);
  assert.deepEqual(told("flowing"), []);
  assert.deepEqual(told("lossy", 12), ["voice lost 12 %"]);
  const both = ["no voice from the caller", "the caller does not hear you"];
  assert.deepEqual(told("nothing"), both);
  assert.deepEqual([...told("nothing_from_caller"), ...told("nothing_to_caller")], both);
});
