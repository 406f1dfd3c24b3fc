/**
 * So small that an untrained network, whose first gradients may be in the millions, stays as it is: every step does the same
 * work, however many are taken.
 */
export const LEARNING_RATE = 1e-9;
