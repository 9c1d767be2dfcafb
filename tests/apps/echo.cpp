/// Says "ready", then tells of each byte of input in hexadecimal; ends with the input. `digest`: tells their number and
/// a sum that depends on their order instead, for long inputs; `late` begins to read when no more can wait.
#include "bobbin.hpp"

using namespace bobbin;

int main(int argc, char** argv) {
  const bool late = argc > 1 && std::string_view{argv[1]} == "late";
  const bool digest = late || (argc > 1 && std::string_view{argv[1]} == "digest");
  std::uint64_t count = 0, sum = 0;
  print("ready\n");
  if (late) this_task::sleep_for(50ms);
  for (std::uint8_t byte; (byte = *console::read()) != 0x04; ++count) {
    sum = (sum * 31 + byte) & 0xffffffff;
    if (!digest) print("{:02x}\n", byte);
  }
  if (digest) print("{} {}, lost {}\n", count, sum, console::overruns());
}
