// Keys that work everywhere. Each is shown beside the control it stands for.

import { flushSync } from "svelte";

export interface Shortcut {
  key: string;
  label: string;
  does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: "F1", label: "F1 or /", does: "command line" },
  { key: "F2", label: "F2", does: "answer the call offered to me, or the longest-ringing one" },
  { key: "F3", label: "F3", does: "call form" },
  { key: "F4", label: "F4", does: "incident" },
  { key: "F6", label: "F6", does: "calls and callbacks" },
  { key: "F7", label: "F7", does: "incidents" },
  { key: "F8", label: "F8", does: "units" },
  { key: "F9", label: "F9", does: "alerts" },
  { key: "F10", label: "F10", does: "map" },
  { key: "s", label: "Alt+S", does: "who is at work, and whether they take calls" },
  { key: "r", label: "Alt+R", does: "I am ready for calls" },
  { key: "u", label: "Alt+U", does: "I write up a call (wrap-up)" },
  { key: "b", label: "Alt+B", does: "I am on a break" },
  { key: "p", label: "Alt+P", does: "policy, and back to the room" },
  { key: "z", label: "Ctrl+Z", does: "take back my last act (outside a text field)" },
];

/** What is done to the call in hand, wherever the focus is. */
export const CALL_SHORTCUTS: readonly Shortcut[] = [
  { key: "m", label: "Alt+M", does: "mute the microphone, and open it again" },
  { key: "h", label: "Alt+H", does: "hold the call, and resume it" },
  { key: "q", label: "Alt+Q", does: "end the call" },
  { key: "ArrowUp", label: "Alt+↑ Alt+↓", does: "the caller louder, quieter" },
  { key: "l", label: "Alt+L", does: "locate again: ask the network where the caller is" },
  { key: "t", label: "Alt+T", does: "transfer, as offered or as typed; then record who took it" },
  { key: "c", label: "Alt+C", does: "ring the selected caller back" },
  { key: "y", label: "Alt+Y", does: "the caller rung back is reached" },
  { key: "n", label: "Alt+N", does: "the caller rung back is not reached" },
];

export interface Actions {
  answer(): void;
  undo(): void;
  help(): void;
  /** By the code of the key that was pressed with Alt. */
  chords: Record<string, () => void>;
}

/** Where each key puts the focus: the element with this `data-focus`. */
const FOCUS: Record<string, string> = {
  F1: "line",
  F3: "call",
  F4: "incident",
  F6: "calls",
  F7: "incidents",
  F8: "units",
  F9: "alerts",
  F10: "map",
};

export function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[data-focus="${name}"]`)?.focus();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}

/** In a list to pick from, Alt and an arrow open it. */
function isChord(event: KeyboardEvent): boolean {
  return event.altKey && !event.ctrlKey && !(event.target instanceof HTMLSelectElement);
}

export function onKey(event: KeyboardEvent, actions: Actions, show: (key: string) => void): void {
  if (event.defaultPrevented) return;
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
  const typing = isTyping(event.target);
  if (isPlain && event.key === "F2") actions.answer();
  else if (isPlain && event.key in FOCUS) {
    // The pane may first have to be brought to the front; the next key is typed already.
    flushSync(() => show(event.key));
    focusOn(FOCUS[event.key] ?? "line");
  } else if (isPlain && event.key === "/" && !typing) focusOn("line");
  else if (isPlain && event.key === "?" && !typing) actions.help();
  else if (isChord(event) && event.code in actions.chords) {
    // A key held down is one press; only the volume goes on.
    if (!event.repeat || event.code.startsWith("Arrow")) actions.chords[event.code]?.();
  } else if (event.ctrlKey && !event.shiftKey && event.key === "z" && !typing) actions.undo();
  else return;
  event.preventDefault();
}
