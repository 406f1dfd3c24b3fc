import { Writable } from 'node:stream';

/** A stream that remembers what was written to it. */
export class PlainStream extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): readonly string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** The same as a terminal. */
export class TerminalStream extends PlainStream {
  readonly isTTY = true;
  readonly columns: number;

  constructor(columns = 120) {
    super();
    this.columns = columns;
  }

  /** Every text between two control sequences. */
  get drawn(): readonly string[] {
    // eslint-disable-next-line no-control-regex
    return this.text.split(/\x1b(?:\[[\d;?]*[A-Za-z]|[78])|\n/).filter((text) => text !== '');
  }
}

/** A stream whose reader has gone: every write fails, after the fact. */
export class BrokenStream extends Writable {
  writes = 0;

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.writes += 1;
    setImmediate(() => done(new Error('EPIPE')));
  }
}
