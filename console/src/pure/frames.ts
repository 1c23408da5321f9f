// What the socket sends, and how it changes the boards. Pure, so that resume can be tested.

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
} from "./rows.ts";

export type Topic =
  | "calls"
  | "incidents"
  | "units"
  | "alerts"
  | "shifts"
  | "queues"
  | "situation"
  | "center"
  | "policy";

export interface Change {
  topic: Topic;
  type: "row" | "gone";
  data: Record<string, unknown>;
}

export interface Snapshot {
  calls: CallRow[];
  incidents: IncidentRow[];
  units: UnitRow[];
  alerts: AlertRow[];
  shifts: ShiftRow[];
  queues?: QueueRow[];
  situation: Situation;
  center: CenterRow;
  policy?: PolicyRow;
}

export interface Heartbeat {
  at: number;
  speed: number;
  journal: "ok" | "down";
  unrecorded: { at: number }[];
  /** Room on the disk of the journal. */
  disk?: "ok" | "low" | "critical";
}

/** How the voice of a call is, and what the caller pressed. It is told, and not kept. */
export interface ToldOfVoice {
  call?: number;
  voice?: { state: string; lost_percent: number };
  key?: string;
}

/** How ringing a caller back goes; `code` is the answer of SIP where it failed. */
export interface ToldOfDialling {
  call: number;
  progress: string;
  code?: number | null;
}

export type Message =
  | { seq: number; type: "voice"; data: ToldOfVoice }
  | { seq: number; type: "dialled"; data: ToldOfDialling }
  | { seq: number; type: "snapshot"; data: Snapshot }
  | { seq: number; type: "changes"; changes: Change[] }
  | { seq: number; type: "heartbeat"; data: Heartbeat };

/** The boards a message is laid onto; plain maps in tests, reactive ones on the screen. */
export interface Boards {
  /** Entry number of the last change laid on; `null` before the first snapshot. */
  seq: number | null;
  calls: Map<number, CallRow>;
  incidents: Map<number, IncidentRow>;
  units: Map<string, UnitRow>;
  alerts: Map<number, AlertRow>;
  shifts: Map<string, ShiftRow>;
  queues: Map<string, QueueRow>;
  situation: Situation | null;
  center: CenterRow | null;
  policy: PolicyRow | null;
}

export function emptyBoards(): Boards {
  return {
    seq: null,
    calls: new Map(),
    incidents: new Map(),
    units: new Map(),
    alerts: new Map(),
    shifts: new Map(),
    queues: new Map(),
    situation: null,
    center: null,
    policy: null,
  };
}

type Keyed = "calls" | "incidents" | "units" | "alerts" | "shifts" | "queues";
const KEY: Record<Keyed, string> = {
  calls: "call",
  incidents: "incident",
  units: "unit",
  alerts: "alert",
  shifts: "person",
  queues: "queue",
};

/**
 * Lays a message onto the boards. Returns false if it was seen before: after a reconnect the
 * server may repeat, and a repeated change must not undo a later one.
 */
export function lay(boards: Boards, message: Message): boolean {
  switch (message.type) {
    case "heartbeat":
    case "voice":
    case "dialled":
      return false;
    case "snapshot":
      laySnapshot(boards, message.data);
      boards.seq = message.seq;
      return true;
    case "changes":
      if (boards.seq !== null && message.seq <= boards.seq) return false;
      for (const change of message.changes) layChange(boards, change);
      boards.seq = message.seq;
      return true;
  }
}

function laySnapshot(boards: Boards, snapshot: Snapshot): void {
  for (const topic of Object.keys(KEY) as Keyed[]) {
    const map = boards[topic] as Map<unknown, unknown>;
    const rows = new Map(
      ((snapshot[topic] ?? []) as unknown as Record<string, unknown>[]).map((row) => [
        row[KEY[topic]],
        row,
      ]),
    );
    for (const key of [...map.keys()]) if (!rows.has(key)) map.delete(key);
    for (const [key, row] of rows) map.set(key, row);
  }
  boards.situation = snapshot.situation;
  boards.center = snapshot.center;
  boards.policy = snapshot.policy ?? null;
}

function layChange(boards: Boards, change: Change): void {
  switch (change.topic) {
    case "situation":
      boards.situation = change.data as unknown as Situation;
      return;
    case "center":
      boards.center = change.data as unknown as CenterRow;
      return;
    case "policy":
      boards.policy = change.data as unknown as PolicyRow;
      return;
    default: {
      // A later centre may speak of more than this console knows.
      if (!(change.topic in KEY)) return;
      const map = boards[change.topic] as Map<unknown, unknown>;
      const key = change.data[KEY[change.topic]];
      if (change.type === "gone") map.delete(key);
      else map.set(key, change.data);
    }
  }
}
