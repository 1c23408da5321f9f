// What carries this position's voice: one connection to the centre by WebRTC, made when a person
// signs in and kept until they leave. Calls are joined to it and parted from it by the centre,
// without a word to the browser. Without a microphone it is connected all the same: who cannot
// speak must still hear.

import { offerVoice, tellMicrophone } from "../api/client.ts";
import { reconnectDelay } from "../pure/retry.ts";
import { LevelMeter } from "./level.ts";
import { type Carrier, voice } from "./voice.svelte.ts";

/** The two forms of telephone voice; nothing is transcoded on the way. */
const CODECS = ["audio/PCMU", "audio/PCMA"];
/** The browser works on the voice so that a call-taker may use a loudspeaker. */
const MICROPHONE: MediaStreamConstraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const LEVEL_EVERY_MS = 100;
/** Time for the connection to stand; then it is made again. */
const CONNECT_MS_MAX = 5000;
/** Time for a connection that broke off to come back by itself. */
const RETURN_MS_MAX = 1000;

export class WebCarrier implements Carrier {
  #isLeft = false;
  #isMuted = false;
  #volume = 1;
  #failures = 0;
  // Counts the connections begun, so that a slow answer to an old one changes nothing.
  #turn = 0;
  #connection: RTCPeerConnection | null = null;
  #microphone: MediaStream | null = null;
  #player: HTMLAudioElement | null = null;
  #meter: LevelMeter | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #beat = setInterval(() => (voice.level = this.#meter?.level() ?? 0), LEVEL_EVERY_MS);
  readonly #onDevices = () => void this.#lookForMicrophone();

  constructor() {
    navigator.mediaDevices?.addEventListener("devicechange", this.#onDevices);
  }

  /** Connects anew, asking for the microphone if there is none yet. */
  async connect(): Promise<void> {
    this.#hangUp();
    const turn = ++this.#turn;
    await this.#openMicrophone();
    if (this.#isLeft || turn !== this.#turn) return;
    const connection = new RTCPeerConnection();
    this.#connection = connection;
    this.#again = setTimeout(() => this.#retry(connection), CONNECT_MS_MAX);
    connection.ontrack = ({ track }) => this.#hear(new MediaStream([track]));
    connection.onconnectionstatechange = () => this.#changed(connection);
    try {
      this.#speakWith(connection);
      await connection.setLocalDescription();
      const answer = await offerVoice(connection.localDescription?.sdp ?? "");
      if (this.#connection !== connection) return;
      if (!answer.ok) return this.#retry(connection);
      await connection.setRemoteDescription({ type: "answer", sdp: answer.value.sdp });
      if (this.#isMuted) void tellMicrophone(true);
    } catch {
      this.#retry(connection);
    }
  }

  mute(): void {
    this.#setMuted(true);
  }

  unmute(): void {
    this.#setMuted(false);
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    if (this.#player) this.#player.volume = volume;
  }

  /** Ends it all. The microphone is let go, which the browser shows. */
  leave(): void {
    this.#isLeft = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    clearInterval(this.#beat);
    this.#hangUp();
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#player?.pause();
  }

  #setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !isMuted;
    void tellMicrophone(isMuted);
  }

  #speakWith(connection: RTCPeerConnection): void {
    const track = this.#microphone?.getAudioTracks()[0];
    const line = track
      ? connection.addTransceiver(track, { direction: "sendrecv" })
      : connection.addTransceiver("audio", { direction: "recvonly" });
    const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
    const wanted = CODECS.flatMap((type) => known.filter((codec) => codec.mimeType === type));
    if (wanted.length > 0) line.setCodecPreferences(wanted);
  }

  #changed(connection: RTCPeerConnection): void {
    if (this.#connection !== connection) return;
    switch (connection.connectionState) {
      case "connected":
        clearTimeout(this.#again);
        this.#failures = 0;
        voice.state = this.#microphone ? "connected" : "no_microphone";
        break;
      case "disconnected":
        voice.state = "no_media";
        clearTimeout(this.#again);
        this.#again = setTimeout(() => this.#retry(connection), RETURN_MS_MAX);
        break;
      case "failed":
      case "closed":
        this.#retry(connection);
        break;
      case "new":
      case "connecting":
        break;
    }
  }

  #retry(connection: RTCPeerConnection): void {
    if (this.#isLeft || this.#connection !== connection) return;
    this.#hangUp();
    this.#failures += 1;
    voice.state = "no_media";
    this.#again = setTimeout(() => void this.connect(), reconnectDelay(this.#failures));
  }

  #hangUp(): void {
    clearTimeout(this.#again);
    const connection = this.#connection;
    this.#connection = null;
    if (connection) {
      connection.onconnectionstatechange = null;
      connection.close();
    }
    this.#meter?.close();
    this.#meter = null;
    voice.level = 0;
  }

  async #openMicrophone(): Promise<void> {
    const isOpen = this.#microphone?.getAudioTracks().some((track) => track.readyState === "live");
    if (isOpen) return;
    this.#microphone = null;
    try {
      // Only on a page that came by TLS or from this machine does a browser have devices.
      const microphone = await navigator.mediaDevices?.getUserMedia(MICROPHONE);
      for (const track of microphone?.getAudioTracks() ?? []) {
        track.enabled = !this.#isMuted;
        track.onended = this.#onDevices;
        if (this.#isLeft) track.stop();
      }
      this.#microphone = microphone ?? null;
    } catch {
      // No device, or a person who said no: the state says it, and the screen asks again.
    }
  }

  /** A device was plugged in or out: if ours is gone, or was missing and is there now. */
  async #lookForMicrophone(): Promise<void> {
    const had = this.#microphone;
    await this.#openMicrophone();
    if (!this.#isLeft && had !== this.#microphone) await this.connect();
  }

  #hear(stream: MediaStream): void {
    this.#player ??= new Audio();
    this.#player.srcObject = stream;
    this.#player.volume = this.#volume;
    // Browsers refuse until a person has acted; after a reload the first key or click does.
    this.#player.play().catch(() => this.#playOnceActed());
    this.#meter?.close();
    this.#meter = new LevelMeter(stream);
  }

  #playOnceActed(): void {
    const play = (): void => void this.#player?.play().catch(() => this.#playOnceActed());
    for (const act of ["pointerdown", "keydown"]) {
      addEventListener(act, play, { once: true, capture: true });
    }
  }
}
