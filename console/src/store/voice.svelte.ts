// The voice of this position as the screen shows it. Who carries the voice is attached to it, so
// that a console without one is whole all the same.

import type { VoiceState } from "../pure/voice.ts";

/** Whoever carries the voice between this browser and the centre. */
export interface Carrier {
  connect(): Promise<void> | void;
  mute(): void;
  unmute(): void;
  /** From 0 to 1. */
  setVolume(volume: number): void;
}

const KEY = "evenhand.volume";
const STEP = 0.1;

class Voice {
  state = $state<VoiceState>("off");
  isMuted = $state(false);
  volume = $state(Number(localStorage.getItem(KEY) ?? "0.8"));
  /** How loud the caller is now, from 0 to 1. */
  level = $state(0);
  /** Whether anybody carries voice here. */
  isCarried = $state(false);
  #carrier: Carrier | null = null;

  attach(carrier: Carrier): void {
    this.#carrier = carrier;
    this.isCarried = true;
    carrier.setVolume(this.volume);
    void carrier.connect();
  }

  /** Nobody carries voice here any more. */
  detach(): void {
    this.#carrier = null;
    this.isCarried = false;
    this.isMuted = false;
    this.state = "off";
    this.level = 0;
  }

  /** Asks for the microphone once more, by a person's act. */
  connect(): void {
    void this.#carrier?.connect();
  }

  turnMute(): void {
    this.isMuted = !this.isMuted;
    if (this.isMuted) this.#carrier?.mute();
    else this.#carrier?.unmute();
  }

  /** Nobody may be muted without knowing: a new call begins with an open microphone. */
  open(): void {
    if (this.isMuted) this.turnMute();
  }

  setVolume(volume: number): void {
    this.volume = Math.min(1, Math.max(0, Math.round(volume * 10) / 10));
    localStorage.setItem(KEY, String(this.volume));
    this.#carrier?.setVolume(this.volume);
  }

  louder(): void {
    this.setVolume(this.volume + STEP);
  }

  quieter(): void {
    this.setVolume(this.volume - STEP);
  }
}

export const voice = new Voice();
