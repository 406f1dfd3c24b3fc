export {
  headerLength,
  openSafetensors,
  parseSafetensorsHeader,
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsHeader,
  storedTensor,
} from './read-safetensors.js';
export { lengthBytes, type SafetensorsDtype, type SafetensorsEntry } from './safetensors.js';
export { writeSafetensors } from './write-safetensors.js';
