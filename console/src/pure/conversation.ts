// The words of a call as a conversation, read from its time line.

/** One entry of a call's time line. */
export interface StoryEntry {
  seq: number;
  at: number;
  actor: string;
  type: string;
  text: string;
}

export interface Turn {
  seq: number;
  at: number;
  /** Empty for the caller. */
  by: string;
  text: string;
}

/** Words come in by the line, or a person wrote them down. */
const CALLER = "line";

export function turnsOf(story: readonly StoryEntry[]): Turn[] {
  return story
    .filter((entry) => entry.type === "WordsRecorded")
    .map(({ seq, at, actor, text }) => ({
      seq,
      at,
      by: actor === CALLER ? "" : actor,
      // The time line names the call before the words; here it stands above them.
      text: text.replace(/^(?:call )?C?\d+: /, ""),
    }));
}

/** When the line last said where the caller is; `null` if it never did. */
export function deliveredAt(story: readonly StoryEntry[], presented_at: number): number | null {
  return lastOf(story, "CallLocated", (actor) => actor === CALLER) ?? presented_at;
}

/** When a person last said it. */
export function typedAt(story: readonly StoryEntry[]): number | null {
  return lastOf(story, "CallLocated", (actor) => actor !== CALLER);
}

/** When the network was last asked again, if no answer has come since. */
export function rebidSince(story: readonly StoryEntry[]): number | null {
  const asked = story.findLast((entry) => entry.type === "LocationRebid");
  if (!asked) return null;
  const isAnswer = ({ type, actor, seq }: StoryEntry) =>
    seq > asked.seq && (type === "LocationFailed" || (type === "CallLocated" && actor === CALLER));
  return story.some(isAnswer) ? null : asked.at;
}

function lastOf(
  story: readonly StoryEntry[],
  type: string,
  isBy: (actor: string) => boolean,
): number | null {
  return story.findLast((entry) => entry.type === type && isBy(entry.actor))?.at ?? null;
}
