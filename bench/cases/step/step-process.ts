import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Message, Ready, Request } from './protocol.js';

/** How to start a process that takes steps. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that waits until it is asked for steps. One request at a time. */
export class StepProcess {
  readonly ready: Promise<Ready>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #lastError = 'it said nothing';
  #resolve: (message: Message) => void = () => {};

  constructor({ program, args, env }: Command) {
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        resolve(error.message);
      });
      this.#child.once('close', (code, signal) => {
        resolve(`the process ended (${signal ?? code}): ${this.#lastError}`);
      });
    });
    this.#child.stdin!.on('error', () => {});
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      if (line.trim()) this.#lastError = line.trim();
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.#resolve(JSON.parse(line) as Message);
    });
    this.ready = this.#next().then((message) => (message as { ready: Ready }).ready);
    this.ready.catch(() => {});
  }

  /** @throws Error when the step fails or the process ends. */
  async ask(request: Request): Promise<Answer> {
    const answer = this.#next();
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return (await answer) as Answer;
  }

  /** Ends the process and waits until its memory is free. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #next(): Promise<Message> {
    const message = await Promise.race([
      new Promise<Message>((resolve) => (this.#resolve = resolve)),
      this.#ended.then((why) => ({ error: why })),
    ]);
    if ('error' in message) throw new Error(message.error);
    return message;
  }
}
