// How loud a stream is at present.

let audio: AudioContext | null = null;

/** Reads the level of one stream; plays nothing. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    audio ??= new AudioContext();
    void audio.resume();
    this.#source = audio.createMediaStreamSource(stream);
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** 0 for silence, 1 for as loud as it can be. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.min(1, Math.sqrt((2 * power) / this.#samples.length));
  }

  close(): void {
    this.#source.disconnect();
  }
}
