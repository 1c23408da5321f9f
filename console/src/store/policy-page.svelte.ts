// The policy page: the texts in force, to come and configured; a draft of one's own, checked while
// one types; and what adopting it would change.

import { ask, inquire, type Told } from "../api/client.ts";
import type { Check, PolicyFile } from "../pure/check.ts";
import type { Difference, Impact } from "../pure/change.ts";
import { Latest } from "../pure/latest.ts";
import type { Adopted } from "../pure/rows.ts";

/** Long enough to pass over a fast typist's keys. */
const PAUSE_MS = 120;
const DRAFT_KEY = "evenhand.policy-draft";

export interface Entry extends Adopted {
  reason?: string | null;
  files?: PolicyFile[];
}

/** What the centre has: contract of `GET /policy`. */
export interface Book {
  in_force: Entry | null;
  pending: Entry | null;
  configured: Entry | null;
  history: Entry[];
}

export type Source = "in_force" | "pending" | "configured" | "draft";

function keptDraft(): PolicyFile[] | null {
  try {
    return JSON.parse(localStorage.getItem(DRAFT_KEY) ?? "null") as PolicyFile[] | null;
  } catch {
    return null;
  }
}

class PolicyPage {
  book = $state.raw<Book | null>(null);
  source = $state<Source>("in_force");
  draft = $state.raw<PolicyFile[] | null>(keptDraft());
  /** Name of the file shown. */
  file = $state("");
  /** Line that the person was led to. */
  line = $state(0);
  check = $state.raw<Check | null>(null);
  /** Why there is no check. */
  checkFailed = $state("");
  /** Whether the check shown is that of the texts shown. */
  isChecked = $state(false);
  difference = $state.raw<Told<Difference> | null>(null);
  impact = $state.raw<Told<Impact> | null>(null);
  readonly #checks = new Latest();
  readonly #changes = new Latest();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leaving: AbortController | null = null;

  get files(): PolicyFile[] {
    return this.#filesOf(this.source);
  }

  #filesOf(source: Source): PolicyFile[] {
    if (source === "draft") return this.draft ?? [];
    return this.book?.[source]?.files ?? [];
  }

  /** Fetches what is in force; keeps what is being looked at. */
  async load(): Promise<void> {
    const book = await ask<Book>("/policy");
    if (!book) return;
    this.book = book;
    if (this.#filesOf(this.source).length === 0) this.source = "in_force";
    this.show(this.source);
  }

  show(source: Source): void {
    this.source = source;
    this.#keepFile();
    this.recheck(0);
  }

  #keepFile(): void {
    const { files } = this;
    if (files.some((one) => one.name === this.file)) return;
    const first = files.find((one) => one.name.endsWith(".policy")) ?? files[0];
    this.file = first?.name ?? "";
    this.line = 0;
  }

  /** Begins a draft with the texts shown. */
  edit(): void {
    this.#setDraft(this.files.map((one) => ({ ...one })));
    this.show("draft");
  }

  discard(): void {
    this.#setDraft(null);
    this.show("in_force");
  }

  write(name: string, text: string): void {
    const files = (this.draft ?? []).map((one) => (one.name === name ? { name, text } : one));
    this.#setDraft(files);
    // Lines move while one types; what was led to is seen by now.
    this.line = 0;
    this.recheck(PAUSE_MS);
  }

  addFile(name: string, text: string): void {
    this.#setDraft([...(this.draft ?? []), { name, text }]);
    this.file = name;
    this.recheck(0);
  }

  removeFile(name: string): void {
    this.#setDraft((this.draft ?? []).filter((one) => one.name !== name));
    this.#keepFile();
    this.recheck(0);
  }

  /** Writes the draft's response policies anew, with the same meaning. */
  async format(): Promise<void> {
    const before = this.draft;
    if (before === null) return;
    const told = await inquire<{ files: PolicyFile[] }>("/policy/format", { files: before });
    // What was typed meanwhile counts more than its form.
    if (!told.ok || this.draft !== before) return;
    this.#setDraft(told.value.files);
    this.recheck(0);
  }

  #setDraft(files: PolicyFile[] | null): void {
    this.draft = files;
    if (files === null) localStorage.removeItem(DRAFT_KEY);
    else localStorage.setItem(DRAFT_KEY, JSON.stringify(files));
  }

  /** Checks the texts shown, after a pause; an answer to older texts is dropped. */
  recheck(pause_ms: number): void {
    clearTimeout(this.#timer);
    this.#leaving?.abort();
    const isLast = this.#checks.begin();
    this.#changes.begin();
    this.isChecked = false;
    this.difference = null;
    this.impact = null;
    const { files } = this;
    if (files.length === 0) return;
    this.#timer = setTimeout(() => void this.#check(files, isLast), pause_ms);
  }

  async #check(files: PolicyFile[], isLast: () => boolean): Promise<void> {
    this.#leaving = new AbortController();
    const told = await inquire<Check>("/policy/check", { files }, this.#leaving.signal);
    if (!isLast()) return;
    this.isChecked = told.ok;
    this.checkFailed = told.ok ? "" : told.text;
    if (told.ok) this.check = told.value;
  }

  /** What the texts shown would change against those in force. */
  async compare(): Promise<void> {
    const isLast = this.#changes.begin();
    const { files } = this;
    const difference = inquire<Difference>("/policy/difference", { files });
    const impact = inquire<Impact>("/policy/impact", { files, days: 30 });
    const told = await difference;
    if (isLast()) this.difference = told;
    const counted = await impact;
    if (isLast()) this.impact = counted;
  }

  /** Whether the texts shown are others than those in force. */
  get differs(): boolean {
    const byName = (a: PolicyFile, b: PolicyFile): number => (a.name < b.name ? -1 : 1);
    const text = (files: PolicyFile[]): string => JSON.stringify([...files].sort(byName));
    return text(this.files) !== text(this.#filesOf("in_force"));
  }
}

export const page = new PolicyPage();
