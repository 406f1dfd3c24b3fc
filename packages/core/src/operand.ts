/** A weight that a layer reads, or an activation that enters it. */
export type OperandRole = 'weight' | 'activation';

/** Enough of a layer's shape to count its multiply-accumulates. */
export interface OperandGeometry {
  /** Spatial size of the kernel, `[height, width]`; empty for a dense layer. */
  readonly kernelSize: readonly number[];
  readonly inChannels: number;
  readonly outChannels: number;
  /** Groups of channels that do not mix: 1, or `inChannels` for a depthwise kernel. */
  readonly groups: number;
  /** Places where the kernel is applied per example, summed over the calls of a shared layer. */
  readonly positions: number;
}

/** One thing that can be quantized, perturbed or observed. */
export interface Operand {
  /** Stable and unique in a model: the layer's path and the slot, `stage1/block2/conv1/kernel`. */
  readonly key: string;
  /** The layer's path: names of nested models and of the layer, joined by `/`. */
  readonly layer: string;
  /** `dense`, `conv2d`, `depthwiseConv2d`, …: the layer's class, first letter lowered. */
  readonly layerKind: string;
  /** `kernel`, `depthwiseKernel`, `input:0`, … */
  readonly slot: string;
  readonly role: OperandRole;
  /** A weight's shape; an activation's with `null` for the batch. */
  readonly shape: readonly (number | null)[];
  /** Axes of the output channels: both last ones of a depthwise kernel, axis 2 of a transposed one. */
  readonly channelAxes: readonly number[];
  /** Fed by a model input, through layers without operands at most. */
  readonly first: boolean;
  /** Its layer's output is a model output, through layers without operands at most. */
  readonly last: boolean;
  /** Of a weight: the key of the activation that it multiplies. */
  readonly multiplies?: string;
  /** Of a weight whose shapes are known. */
  readonly geometry?: OperandGeometry;
}

/** Multiply-accumulates per example: `k_h·k_w·C_in·(C_out/groups)·positions`. */
export function multiplyAccumulates({
  kernelSize,
  inChannels,
  outChannels,
  groups,
  positions,
}: OperandGeometry): number {
  return (
    kernelSize.reduce((product, size) => product * size, 1) * inChannels * (outChannels / groups) * positions
  );
}
