// A training step allocates and frees the same large tensors again and again. Unless told otherwise the C library hands each back
// to the system, which then has to clear its pages every time.

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace flatbit {
namespace {

bool KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kLarge = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
  return true;
}

// When the library is loaded.
[[maybe_unused]] const bool kept = KeepFreedMemory();

}  // namespace
}  // namespace flatbit
