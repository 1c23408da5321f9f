// What was typed for a call and is not in the record yet. It survives a reload of the page, and
// goes when the call is accounted for.

export interface Draft {
  /** Text of the location field. */
  where: string;
  /** The candidate or point chosen for it, if any. */
  chosen: ChosenPlace | null;
  /** The location as first delivered with the call, for the distance alarm. */
  delivered: DeliveredPlace | null;
  /** Text of the type field. */
  what: string;
  /** What is known of the emergency, by attribute; what is not known is left out. */
  facts: Record<string, string>;
  /** What is known of the caller and not sent yet, likewise. */
  caller: Record<string, string>;
  /** Words not sent yet. */
  words: string;
}

export interface DeliveredPlace {
  text: string;
  lat_e7: number;
  lon_e7: number;
  uncertainty_m: number | null;
}

export interface ChosenPlace {
  text: string;
  lat_e7: number;
  lon_e7: number;
  verified: boolean;
  why: string;
}

export function emptyDraft(): Draft {
  return { where: "", chosen: null, delivered: null, what: "", facts: {}, caller: {}, words: "" };
}

/** What is left of a text once `sent` is in the record: what was typed while it was on its way. */
export function withoutSent(text: string, sent: string): string {
  return text.startsWith(sent) ? text.slice(sent.length).trimStart() : text;
}

/** The part of `Storage` that drafts need. */
export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = "evenhand.draft.";

export class Drafts {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  read(call: number): Draft {
    const text = this.#shelf.getItem(PREFIX + call);
    if (text === null) return emptyDraft();
    try {
      return { ...emptyDraft(), ...(JSON.parse(text) as Partial<Draft>) };
    } catch {
      // Another version's or a damaged draft cannot be shown; the call itself is in the record.
      return emptyDraft();
    }
  }

  write(call: number, draft: Draft): void {
    this.#shelf.setItem(PREFIX + call, JSON.stringify(draft));
  }

  clear(call: number): void {
    this.#shelf.removeItem(PREFIX + call);
  }

  /** Clears the drafts of calls that no longer need one. */
  keepOnly(isNeeded: (call: number) => boolean): void {
    const keys = Array.from({ length: this.#shelf.length }, (_, i) => this.#shelf.key(i));
    for (const key of keys) {
      if (key?.startsWith(PREFIX) && !isNeeded(Number(key.slice(PREFIX.length)))) {
        this.#shelf.removeItem(key);
      }
    }
  }
}
