/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A tensor on the host, row by row. */
export interface StoredTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** What one owner puts into a checkpoint. */
export interface StateSection {
  readonly tensors: Map<string, StoredTensor>;
  values: Record<string, Json>;
}

/** Everything a training needs to go on: one section per owner. */
export class TrainingState {
  readonly #sections = new Map<string, StateSection>();

  /** The section of `owner`, made when it is asked for the first time. */
  section(owner: string): StateSection {
    let section = this.#sections.get(owner);
    if (!section) {
      section = { tensors: new Map(), values: {} };
      this.#sections.set(owner, section);
    }
    return section;
  }

  has(owner: string): boolean {
    return this.#sections.has(owner);
  }

  owners(): readonly string[] {
    return [...this.#sections.keys()];
  }
}
