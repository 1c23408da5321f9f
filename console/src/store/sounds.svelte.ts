// Alert tones, made here and now: no file to load, no host to ask. A class of tone repeats until
// a person deals with what it stands for. Browsers stay silent until a person has acted, which
// is what the sound check at the start of a shift is for.

export type Tone = "ringing" | "priority" | "alert" | "refused";

interface Shape {
  /** Hertz and start in seconds of each short beep. */
  beeps: [number, number][];
  wave: OscillatorType;
  beep_s: number;
  /** Seconds from one start to the next while it repeats. */
  every_s: number;
}

const SHAPES: Record<Tone, Shape> = {
  ringing: {
    beeps: [[480, 0], [620, 0.13], [480, 0.26], [620, 0.39]],
    wave: "triangle",
    beep_s: 0.12,
    every_s: 3,
  },
  priority: {
    beeps: [[988, 0], [988, 0.16], [1319, 0.32]],
    wave: "square",
    beep_s: 0.11,
    every_s: 4,
  },
  alert: { beeps: [[740, 0], [554, 0.22]], wave: "triangle", beep_s: 0.2, every_s: 7 },
  refused: { beeps: [[196, 0], [165, 0.16]], wave: "sawtooth", beep_s: 0.14, every_s: 0 },
};

export const TONES: readonly { tone: Tone; means: string }[] = [
  { tone: "ringing", means: "a call is ringing" },
  { tone: "priority", means: "a new priority 1 incident" },
  { tone: "alert", means: "an alert, such as a hold to review" },
  { tone: "refused", means: "an order was refused" },
];

class Sounds {
  /** True once a person heard the sound check. */
  isChecked = $state(false);
  volume = $state(0.5);
  #audio: AudioContext | null = null;
  #repeating = new Map<Tone, ReturnType<typeof setInterval>>();

  async check(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume();
    this.isChecked = true;
    TONES.forEach(({ tone }, index) => this.#play(tone, index * 0.9));
  }

  once(tone: Tone): void {
    this.#play(tone, 0);
  }

  /** Starts or stops the repeating of a tone. */
  repeat(tone: Tone, isWanted: boolean): void {
    const running = this.#repeating.get(tone);
    if (isWanted && running === undefined) {
      this.#play(tone, 0);
      const again = setInterval(() => this.#play(tone, 0), SHAPES[tone].every_s * 1000);
      this.#repeating.set(tone, again);
    } else if (!isWanted && running !== undefined) {
      clearInterval(running);
      this.#repeating.delete(tone);
    }
  }

  stop(): void {
    for (const { tone } of TONES) this.repeat(tone, false);
  }

  #play(tone: Tone, after_s: number): void {
    const audio = this.#audio;
    if (!audio || audio.state !== "running") return;
    const shape = SHAPES[tone];
    for (const [hertz, at] of shape.beeps) {
      const start = audio.currentTime + after_s + at;
      const end = start + shape.beep_s;
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      oscillator.type = shape.wave;
      oscillator.frequency.value = hertz;
      // Short ramps at both ends, or each beep would click.
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(this.volume * 0.35, start + 0.01);
      gain.gain.setValueAtTime(this.volume * 0.35, end - 0.02);
      gain.gain.linearRampToValueAtTime(0, end);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(start);
      oscillator.stop(end);
    }
  }
}

export const sounds = new Sounds();
