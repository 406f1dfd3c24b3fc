// Sums per channel of rows that lie one after another, `[rows, channels]`.
#ifndef FLATBIT_CHANNELS_H_
#define FLATBIT_CHANNELS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "blocks.h"

namespace flatbit {

// Rows that make a block.
inline int64_t RowsPerBlock(int64_t channels) { return std::max<int64_t>(1, kBlockSize / std::max<int64_t>(1, channels)); }

// Adds term(row, channel) over the rows of a range into sums[channel], for `kTerms` terms at once: term writes them into an
// array. Channels go by as many as there are lanes, and four rows at a time, each with sums of its own.
template <int kTerms, typename Term>
inline void SumChannels(Range rows, int64_t channels, const Term& term, double* sums) {
  constexpr int64_t kRows = 4;
  for (int64_t first = 0; first < channels; first += kLanes) {
    const int64_t width = std::min(kLanes, channels - first);
    float lanes[kRows][kTerms][kLanes] = {};
    const auto add = [&](int64_t row, int64_t of, int64_t count) {
      for (int64_t lane = 0; lane < count; ++lane) {
        float terms[kTerms];
        term(row, first + lane, terms);
        for (int t = 0; t < kTerms; ++t) lanes[of][t][lane] += terms[t];
      }
    };
    int64_t row = rows.begin;
    if (width == kLanes) {
      for (; row + kRows <= rows.end; row += kRows) {
        for (int64_t of = 0; of < kRows; ++of) add(row + of, of, kLanes);
      }
      for (; row < rows.end; ++row) add(row, 0, kLanes);
    } else {
      for (; row < rows.end; ++row) add(row, row % kRows, width);
    }
    for (int t = 0; t < kTerms; ++t) {
      for (int64_t lane = 0; lane < width; ++lane) {
        double sum = 0;
        for (int64_t of = 0; of < kRows; ++of) sum += lanes[of][t][lane];
        sums[t * channels + first + lane] = sum;
      }
    }
  }
}

// Adds the same terms over all rows, block by block in a fixed order: term t of channel c is at `t * channels + c`.
template <int kTerms, typename Term>
inline std::vector<double> SumAllChannels(tensorflow::OpKernelContext* context, int64_t rows, int64_t channels,
                                          const Term& term) {
  const int64_t rows_per_block = RowsPerBlock(channels);
  const int64_t blocks = BlockCount(rows, rows_per_block);
  const int64_t width = kTerms * channels;
  std::vector<double> partial(blocks * width);
  ForBlocks(context, rows, rows_per_block, 2 * channels, [&](int64_t index, Range block) {
    SumChannels<kTerms>(block, channels, term, &partial[index * width]);
  });
  std::vector<double> sums(width, 0.0);
  for (int64_t index = 0; index < blocks; ++index) {
    for (int64_t s = 0; s < width; ++s) sums[s] += partial[index * width + s];
  }
  return sums;
}

}  // namespace flatbit

#endif  // FLATBIT_CHANNELS_H_
