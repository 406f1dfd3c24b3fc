/** What a bench case gives back: a table to read and the same as JSON. */
export interface BenchResult {
  readonly title: string;
  /** One row per line, every row with the same keys. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Whatever else belongs to the numbers: engine, versions, settings. */
  readonly context: Readonly<Record<string, string | number>>;
}

/** A folder in `bench/cases`; its README says what it shows. */
export type BenchCase = () => Promise<BenchResult>;
