// What was said to this person, newest last. It is read out by screen readers, and kept.

export interface Said {
  id: number;
  at: number;
  text: string;
  kind: "done" | "refused" | "note" | "alarm";
}

const KEPT_MAX = 200;

class Log {
  lines = $state.raw<Said[]>([]);
  #last = 0;

  say(kind: Said["kind"], text: string, at: number): void {
    this.#last += 1;
    const line = { id: this.#last, at, text, kind };
    this.lines = [...this.lines.slice(1 - KEPT_MAX), line];
  }
}

export const log = new Log();
