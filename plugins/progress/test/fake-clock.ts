/** Takes the place of `performance.now` until it is put back. */
export class FakeClock {
  seconds = 1000;

  constructor() {
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.seconds * 1000 });
  }

  putBack(): void {
    Reflect.deleteProperty(performance, 'now');
  }
}
