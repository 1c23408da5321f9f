// How the voice of a call is, in plain words. Pure, so that each trouble has a test.

/** The state of this position's own voice. */
export type VoiceState = "connected" | "no_microphone" | "no_media" | "off";

/** What the centre hears of the caller's line. */
export interface VoiceTrouble {
  callerSilent: boolean;
  callerHearsNothing: boolean;
  /** Share of the caller's voice that was lost of late. */
  lostPercent: number;
}

export const NO_TROUBLE: VoiceTrouble = {
  callerSilent: false,
  callerHearsNothing: false,
  lostPercent: 0,
};

/** What the centre's word for a call's voice means. */
export function troubleOf(told: { state: string; lost_percent: number }): VoiceTrouble {
  const isNothing = told.state === "nothing";
  return {
    callerSilent: isNothing || told.state === "nothing_from_caller",
    callerHearsNothing: isNothing || told.state === "nothing_to_caller",
    lostPercent: told.state === "lossy" ? told.lost_percent : 0,
  };
}

/** Below it a listener notices nothing. */
const LOST_PERCENT_SHOWN = 3;

export interface Said {
  /** Names the trouble for tests and for the eye. */
  name: "no_microphone" | "no_media" | "caller_silent" | "caller_hears_nothing" | "lost";
  text: string;
  tone: "due" | "soon";
}

/** Every trouble at once, the worst first: one may hide another. */
export function voiceWords(state: VoiceState, trouble: VoiceTrouble): Said[] {
  const said: Said[] = [];
  if (state === "no_microphone") {
    const text = "no microphone: the caller does not hear you";
    said.push({ name: "no_microphone", text, tone: "due" });
  }
  if (state === "no_media") {
    said.push({ name: "no_media", text: "no voice between you and the centre", tone: "due" });
  }
  if (trouble.callerSilent) {
    said.push({ name: "caller_silent", text: "no voice from the caller", tone: "due" });
  }
  if (trouble.callerHearsNothing && state !== "no_microphone") {
    said.push({ name: "caller_hears_nothing", text: "the caller does not hear you", tone: "due" });
  }
  if (trouble.lostPercent >= LOST_PERCENT_SHOWN && !trouble.callerSilent) {
    const percent = Math.round(trouble.lostPercent);
    said.push({ name: "lost", text: `voice lost ${percent} %`, tone: "soon" });
  }
  return said;
}
