import { assert } from 'chai';
import { type StoredTensor, type Training, TrainingState } from '@flatbit/core';

/** Everything that a training's plugins put into a checkpoint. */
export async function collectState(training: Training): Promise<TrainingState> {
  const state = new TrainingState();
  await training.hooks.collectState.promise(state);
  return state;
}

/**
 * The same state after a journey as a checkpoint makes it: values as JSON text, tensors as bytes.
 * @throws AssertionError if a value is not what JSON can hold.
 */
export function sendState(state: TrainingState): TrainingState {
  const arrived = new TrainingState();
  for (const owner of state.owners()) {
    const { values, tensors } = state.section(owner);
    const section = arrived.section(owner);
    section.values = JSON.parse(JSON.stringify(values));
    assert.deepEqual(section.values, values, `section "${owner}" holds a value that JSON cannot`);
    for (const [name, tensor] of tensors) section.tensors.set(name, sendTensor(tensor));
  }
  return arrived;
}

function sendTensor({ dtype, shape, data }: StoredTensor): StoredTensor {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
  const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  return { dtype, shape: JSON.parse(JSON.stringify(shape)), data: new make(bytes) };
}
