// The boards on this screen: what the centre last said, laid on in order.

import { SvelteMap } from "svelte/reactivity";
import { ask } from "../api/client.ts";
import { Feed } from "../api/socket.ts";
import { session } from "../api/session.svelte.ts";
import { useZone } from "../pure/times.ts";
import { lay, type Boards, type Heartbeat, type Message } from "../pure/frames.ts";
import type {
  AlertRow,
  CallRow,
  CenterRow,
  IncidentRow,
  PolicyRow,
  QueueRow,
  ShiftRow,
  Situation,
  UnitRow,
} from "../pure/rows.ts";
import { told } from "./told.svelte.ts";

/** Silence after which the screen says that what it shows may be old. */
const STALE_MS = 5000;
/** How long an act waits to see its own effect on the boards before it goes on without. */
const SHOWN_MS_MAX = 1000;

class BoardsState implements Boards {
  seq = $state<number | null>(null);
  calls = new SvelteMap<number, CallRow>();
  incidents = new SvelteMap<number, IncidentRow>();
  units = new SvelteMap<string, UnitRow>();
  alerts = new SvelteMap<number, AlertRow>();
  shifts = new SvelteMap<string, ShiftRow>();
  queues = new SvelteMap<string, QueueRow>();
  situation = $state.raw<Situation | null>(null);
  center = $state.raw<CenterRow | null>(null);
  policy = $state.raw<PolicyRow | null>(null);
}

export const boards = new BoardsState();

/** The centre's time, carried on between heartbeats at the centre's speed. */
class Clock {
  now = $state(Date.now());
  speed = $state(1);
  /** Name of the centre's time zone; empty: this position's own. */
  zone = $state("");
  #at = Date.now();
  #heardAt = performance.now();

  set(at: number, speed: number): void {
    this.#at = at;
    this.#heardAt = performance.now();
    this.speed = speed;
    this.tick();
  }

  tick(): void {
    const exact = this.#at + (performance.now() - this.#heardAt) * this.speed;
    this.now = Math.floor(exact / 1000) * 1000;
  }
}

export const clock = new Clock();

/** The state of the line to the centre, and of the centre's journal. */
class Link {
  /** Milliseconds since the last frame once that is too long, otherwise 0. */
  silentMs = $state(0);
  isGenerated = $state(false);
  journal = $state<"ok" | "down">("ok");
  unrecorded = $state.raw<{ at: number }[]>([]);
  disk = $state<"ok" | "low" | "critical">("ok");
  #heardAt = performance.now();
  #feed: Feed | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #waiting: { seq: number; go: () => void }[] = [];

  begin(token: string): void {
    this.end();
    this.#heardAt = performance.now();
    this.#feed = new Feed(token, {
      lastSeq: () => boards.seq,
      message: (message) => this.#hear(message),
      lost: () => void ask("/session"),
    });
    this.#feed.open();
    this.#ticker = setInterval(() => this.#tick(), 250);
    void ask<{ generated: boolean; time_zone?: string }>("/health").then((health) => {
      if (!health) return;
      this.isGenerated = health.generated;
      clock.zone = useZone(health.time_zone ?? "");
    });
  }

  end(): void {
    this.#feed?.close();
    this.#feed = null;
    clearInterval(this.#ticker);
    this.silentMs = 0;
  }

  #hear(message: Message): void {
    this.#heardAt = performance.now();
    this.silentMs = 0;
    if (message.type === "heartbeat") this.#beat(message.data);
    else if (message.type === "voice") told.ofVoice(message.data, clock.now);
    else if (message.type === "dialled") told.ofDialling(message.data);
    else lay(boards, message);
    const seq = boards.seq ?? 0;
    this.#waiting.filter((one) => one.seq <= seq).forEach((one) => one.go());
    this.#waiting = this.#waiting.filter((one) => one.seq > seq);
  }

  /**
   * Resolves once the boards rest on this entry. An order is answered on one line and its effect
   * comes on another: whoever moves the focus to what the order made waits here, or the field
   * that got the focus is drawn anew and the next keys are lost.
   */
  shown(seq: number): Promise<void> {
    if ((boards.seq ?? 0) >= seq) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting.push({ seq, go });
      setTimeout(go, SHOWN_MS_MAX);
    });
  }

  #beat(data: Heartbeat): void {
    clock.set(data.at, data.speed);
    this.journal = data.journal;
    this.unrecorded = data.unrecorded ?? [];
    this.disk = data.disk ?? "ok";
  }

  #tick(): void {
    const silent = performance.now() - this.#heardAt;
    this.silentMs = silent > STALE_MS ? Math.floor(silent / 1000) * 1000 : 0;
    clock.tick();
  }
}

export const link = new Link();

/** Forgets everything shown: the next person at this screen starts from a snapshot. */
export function clearBoards(): void {
  link.end();
  told.clear();
  boards.seq = null;
  for (const topic of ["calls", "incidents", "units", "alerts", "shifts", "queues"] as const) {
    boards[topic].clear();
  }
  boards.situation = null;
  boards.policy = null;
}

export const me = (): string => session.current?.person ?? "";
