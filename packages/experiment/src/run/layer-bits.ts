/** What `bits.json` says of a layer. */
export interface LayerBits {
  readonly layer: string;
  readonly weights: number;
  readonly activations: number;
  /** Multiply-accumulates per example. */
  readonly macs: number;
  /** Bit operations per example. */
  readonly bops: number;
}
