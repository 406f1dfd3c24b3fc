import * as tf from '@tensorflow/tfjs';

interface WebgpuBackend extends tf.KernelBackend {
  readonly tensorMap: {
    get(dataId: object): { values?: tf.BackendValues; resource: GpuBuffer; dtype: 'float32' };
  };
  readonly bufferManager: {
    acquireBuffer(bytes: number, usage: number): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer): void;
  };
  commandEncoder: {
    copyBufferToBuffer(from: GpuBuffer, start: number, to: GpuBuffer, at: number, bytes: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(dataId: object, values: tf.BackendValues): void;
}

interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

interface GpuConstants {
  readonly GPUBufferUsage: Record<'COPY_DST' | 'MAP_READ', number>;
  readonly GPUMapMode: Record<'READ', number>;
}

/** The latest function that somebody wants to have called soon: Dawn looks in it for what the processor has finished. */
let look: () => void = () => {};

/**
 * Lets tests call `dataSync` on webgpu in Node, where TF.js reads a canvas that Node has not. Dawn hands its polling to
 * `setImmediate`; called from here until the buffer is mapped, it makes reading synchronous.
 */
export function watchDawn(): void {
  const { setImmediate } = globalThis;
  globalThis.setImmediate = ((callback: () => void, ...values: []) => {
    if (callback.name === '' && /\[native code\]/.test(String(callback))) look = callback;
    return setImmediate(callback, ...values);
  }) as typeof setImmediate;
}

/** Gives the selected webgpu backend a `readSync` that works in Node; `watchDawn` has to come before the backend. */
export function readWebgpuNow(): void {
  const { GPUBufferUsage, GPUMapMode } = globalThis as unknown as GpuConstants;
  const backend = tf.backend() as WebgpuBackend;
  backend.readSync = (dataId) => {
    const { values, resource, dtype } = backend.tensorMap.get(dataId);
    if (values) return values;
    const staging = backend.bufferManager.acquireBuffer(
      resource.size,
      GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    );
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(resource, 0, staging, 0, resource.size);
    backend.submitQueue();
    void staging.mapAsync(GPUMapMode.READ);
    while (staging.mapState !== 'mapped') look();
    const read = tf.util.convertBackendValuesAndArrayBuffer(staging.getMappedRange().slice(0), dtype);
    staging.unmap();
    backend.bufferManager.releaseBuffer(staging);
    backend.convertAndCacheOnCPU(dataId, read);
    return read;
  };
}
