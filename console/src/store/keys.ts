// Keys that work everywhere. Each is shown beside the control it stands for.

import { flushSync } from "svelte";

export interface Shortcut {
  key: string;
  label: string;
  does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: "F1", label: "F1 or /", does: "command line" },
  { key: "F2", label: "F2", does: "answer the longest-ringing call" },
  { key: "F3", label: "F3", does: "call form" },
  { key: "F4", label: "F4", does: "incident" },
  { key: "F6", label: "F6", does: "calls and callbacks" },
  { key: "F7", label: "F7", does: "incidents" },
  { key: "F8", label: "F8", does: "units" },
  { key: "F9", label: "F9", does: "alerts" },
  { key: "F10", label: "F10", does: "map" },
  { key: "p", label: "Alt+P", does: "policy, and back to the room" },
  { key: "z", label: "Ctrl+Z", does: "take back my last act (outside a text field)" },
];

export interface Actions {
  answer(): void;
  undo(): void;
  help(): void;
  policy(): void;
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

export function onKey(event: KeyboardEvent, actions: Actions, show: (key: string) => void): void {
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
  const typing = isTyping(event.target);
  if (isPlain && event.key === "F2") actions.answer();
  else if (isPlain && event.key in FOCUS) {
    // The pane may first have to be brought to the front; the next key is typed already.
    flushSync(() => show(event.key));
    focusOn(FOCUS[event.key] ?? "line");
  } else if (isPlain && event.key === "/" && !typing) focusOn("line");
  else if (isPlain && event.key === "?" && !typing) actions.help();
  else if (event.altKey && !event.ctrlKey && event.code === "KeyP") actions.policy();
  else if (event.ctrlKey && !event.shiftKey && event.key === "z" && !typing) actions.undo();
  else return;
  event.preventDefault();
}
