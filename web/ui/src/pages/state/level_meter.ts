/** Reads how loud a microphone is, for the picture of a meter. */
export class LevelMeter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array(512);
  readonly #source: MediaStreamAudioSourceNode;

  constructor(track: MediaStreamTrack) {
    this.#analyser.fftSize = this.#samples.length;
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
    void this.#context.resume();
  }

  /** From 0 (silence, below -60 dBFS) to 1 (full scale). */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / this.#samples.length + 1e-9);
    return Math.min(1, Math.max(0, (decibels + 60) / 60));
  }

  close(): void {
    this.#source.disconnect();
    void this.#context.close();
  }
}
