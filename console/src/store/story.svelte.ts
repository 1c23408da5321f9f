// What the boards do not carry of the call in hand: its time line, fetched again whenever its row
// changes. From it come the age of each place, and who said what.

import { untrack } from "svelte";
import type { StoryEntry } from "../pure/conversation.ts";
import { boards } from "./boards.svelte.ts";
import { desk } from "./desk.svelte.ts";
import { callDetail } from "./detail.svelte.ts";

/** Changes that come together are fetched once. */
const GATHER_MS = 120;

class Story {
  entries = $state.raw<readonly StoryEntry[]>([]);
  of: number | null = null;
}

export const story = new Story();

/** Follows the call in hand; runs as an effect. */
export function watchStory(): (() => void) | undefined {
  const call = (desk.call === null ? undefined : boards.calls.get(desk.call))?.call ?? null;
  untrack(() => {
    if (call !== story.of) story.entries = [];
    story.of = call;
  });
  if (call === null) return undefined;
  const timer = setTimeout(async () => {
    const found = await callDetail(call);
    if (found && story.of === call) story.entries = found.timeline ?? [];
  }, GATHER_MS);
  return () => clearTimeout(timer);
}
