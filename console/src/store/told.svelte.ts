// What the centre tells of a line as it happens, and keeps nowhere: how the voice is, how dialling
// goes, what the caller pressed.

import { SvelteMap } from "svelte/reactivity";
import type { ToldOfDialling, ToldOfVoice } from "../pure/frames.ts";
import { troubleOf, type VoiceTrouble } from "../pure/voice.ts";
import { log } from "./log.svelte.ts";

class Told {
  /** By call. */
  voice = new SvelteMap<number, VoiceTrouble>();
  dialling = new SvelteMap<number, ToldOfDialling>();

  ofVoice({ call, voice, key }: ToldOfVoice, at: number): void {
    if (call === undefined) return;
    if (voice) this.voice.set(call, troubleOf(voice));
    if (key !== undefined) log.say("note", `C${call}: the caller pressed ${key}`, at);
  }

  ofDialling(told: ToldOfDialling): void {
    this.dialling.set(told.call, told);
  }

  clear(): void {
    this.voice.clear();
    this.dialling.clear();
  }
}

export const told = new Told();
