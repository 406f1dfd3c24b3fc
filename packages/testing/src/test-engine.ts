declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined;

/** What this run of the tests was told to use: the environment variable `FLATBIT_TEST_ENGINE`. */
const named = typeof process === 'undefined' ? undefined : process.env['FLATBIT_TEST_ENGINE'];

/** The engine to test on: the one that `FLATBIT_TEST_ENGINE` names, which is to be loaded before, else `cpu`. */
export const testEngine = named ?? 'cpu';

/** The engines for arithmetic that holds on each: the named one alone, else `cpu` and `wasm`. */
export const testEngines: readonly string[] = named === undefined ? ['cpu', 'wasm'] : [named];
