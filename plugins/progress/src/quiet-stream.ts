import { Writable } from 'node:stream';

/** Where progress goes: any stream that takes text; a terminal says so, and how wide it is. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Passes text on for as long as the stream behind it takes any; one that is closed or broken is let be. */
export class QuietStream extends Writable {
  readonly #target: ProgressStream;
  #broken = false;
  readonly #onError = () => {
    this.#broken = true;
  };

  constructor(target: ProgressStream) {
    super({ decodeStrings: false });
    this.#target = target;
    // An error without a listener would end the process, and with it the training.
    target.on('error', this.#onError);
  }

  get isTTY(): boolean {
    return this.#target.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#target.columns;
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.#pass(text);
    done();
  }

  /** Lets go of the stream, once it has said what became of the last text. */
  release(): void {
    const letGo = () => setImmediate(() => this.#target.off('error', this.#onError));
    if (!this.#pass('', letGo)) letGo();
  }

  #pass(text: string, written?: () => void): boolean {
    if (this.#broken || !this.#target.writable) return false;
    try {
      this.#target.write(text, written);
      return true;
    } catch {
      this.#broken = true;
      return false;
    }
  }
}
