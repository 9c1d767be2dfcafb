/// Channel 2 of the interval timer, which once beeped: a clock of known rate that runs for 55 ms.
/// Source: Intel 8254 datasheet; its gate and the speaker are bits of port 0x61.
#pragma once

#include <isa/io.hpp>

#include <cstdint>

namespace bobbin::isa {

class stopwatch {
 public:
  static constexpr std::uint64_t steps_per_second = 1'193'182;

  struct reading {
    bool over;           ///< it has reached 0, and counts on from the top
    std::uint16_t left;  ///< steps
  };

  void start() const noexcept {
    constexpr std::uint8_t gate = 1 << 0, speaker = 1 << 1, once_from_16_bits = 0xb0;
    out_byte(control, static_cast<std::uint8_t>((in_byte(control) & ~speaker) | gate));
    out_byte(command, once_from_16_bits);
    out_byte(counter, 0xff);
    out_byte(counter, 0xff);
  }

  reading read() const noexcept {
    constexpr std::uint8_t latch_status_and_count = 0xc8, output = 1 << 7;
    out_byte(command, latch_status_and_count);
    const bool over = in_byte(counter) & output;
    const unsigned low = in_byte(counter);
    return {over, static_cast<std::uint16_t>(low | in_byte(counter) << 8)};
  }

 private:
  static constexpr port counter = 0x42, command = 0x43, control = 0x61;
};

}  // namespace bobbin::isa
