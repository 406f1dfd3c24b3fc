import type { Option } from 'commander';

/** What a bench case gives back: a table to read and the same as JSON. */
export interface BenchResult {
  readonly title: string;
  /** One row per line, every row with the same keys. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Whatever else belongs to the numbers: engine, versions, settings. */
  readonly context: Readonly<Record<string, string | number>>;
}

/** `case.ts` of a folder in `bench/cases`; its README says what it shows. */
export interface BenchCase<Options extends object = object> {
  /** What the command line takes. */
  readonly options?: readonly Option[];
  bench(options: Options): Promise<BenchResult>;
}
