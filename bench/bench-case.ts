import type { Option } from 'commander';

/** One line of a table. */
export type BenchRow = Readonly<Record<string, string | number>>;

/** What a bench case gives back: a table to read and the same as JSON. */
export interface BenchResult {
  readonly title: string;
  readonly rows: readonly BenchRow[];
  /** Further tables, by title. */
  readonly tables?: Readonly<Record<string, readonly BenchRow[]>>;
  /** Whatever else belongs to the numbers: engine, versions, settings. */
  readonly context: Readonly<Record<string, string | number>>;
  /** For the JSON alone: single measurements. */
  readonly data?: unknown;
}

/** `case.ts` of a folder in `bench/cases`; its README says what it shows. */
export interface BenchCase<Options extends object = object> {
  /** What the command line takes. */
  readonly options?: readonly Option[];
  bench(options: Options): Promise<BenchResult>;
}
