/** Least magnitude of whatever a quantizer divides by: a clip value, a step, a deviation. */
export const scaleFloor = 1e-8;
