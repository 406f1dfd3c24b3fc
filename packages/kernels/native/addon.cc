// The library is loaded as a Node addon. There is nothing to export: being loaded is what registers the ops with TensorFlow.

#include <node_api.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

// A training step allocates and frees the same large tensors again and again. Unless told otherwise the C library hands each
// back to the system, which then has to clear its pages every time.
void KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kLarge = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

napi_value Init(napi_env, napi_value exports) {
  KeepFreedMemory();
  return exports;
}

}  // namespace

NAPI_MODULE(flatbit_ops, Init)
