import type { FullTap } from 'tapable';

/** The part of every tapable hook that lets us watch taps being registered. */
export interface Interceptable {
  readonly name?: string | undefined;
  readonly taps: readonly FullTap[];
  intercept(interceptor: { register: (tap: FullTap) => FullTap }): void;
}
