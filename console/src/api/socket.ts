// One WebSocket per position. It resumes after the last change laid on, so that none is missed.

import type { Message } from "../pure/frames.ts";
import { reconnectDelay } from "../pure/retry.ts";

const HEARTBEAT_MS = 2000;
/** Silence after which the connection is given up and made again. */
const SILENCE_MS_MAX = 10_000;

export interface Listener {
  /** Entry number to resume after; `null` asks for a snapshot. */
  lastSeq(): number | null;
  message(message: Message): void;
  /** The connection was lost or never made; called once for each failure. */
  lost(): void;
}

export class Feed {
  readonly #token: string;
  readonly #listener: Listener;
  #socket: WebSocket | null = null;
  #failures = 0;
  #heardAt = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(token: string, listener: Listener) {
    this.#token = token;
    this.#listener = listener;
  }

  open(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.onopen = () => {
      const last_seq = this.#listener.lastSeq();
      socket.send(JSON.stringify({ type: "hello", token: this.#token, last_seq }));
    };
    socket.onmessage = (event) => {
      this.#failures = 0;
      this.#heardAt = performance.now();
      this.#listener.message(JSON.parse(String(event.data)) as Message);
    };
    socket.onclose = () => this.#retry(socket);
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#heartbeat(socket), HEARTBEAT_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#again);
    this.#socket?.close();
  }

  #heartbeat(socket: WebSocket): void {
    if (performance.now() - this.#heardAt > SILENCE_MS_MAX) {
      // `close` waits for the peer, who is silent; do not wait with it.
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
      this.#retry(socket);
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: "heartbeat" }));
    }
  }

  #retry(socket: WebSocket): void {
    if (this.#isClosed || socket !== this.#socket) return;
    clearInterval(this.#beat);
    clearTimeout(this.#again);
    this.#failures += 1;
    this.#listener.lost();
    this.#again = setTimeout(() => this.open(), reconnectDelay(this.#failures));
  }
}
