// says: does not fit on this stack
#include "bobbin.hpp"
#include <array>
using namespace bobbin;

#ifdef MISTAKE
constexpr std::size_t bytes = 4_KiB;
#else
constexpr std::size_t bytes = 256;
#endif
static stack<4_KiB> memory;
static constinit task worker{"worker"};

int main() {
  std::array<char, bytes> captured{};
  worker.start(memory, [captured] { return int{captured[0]}; });
  return worker.join().status();
}
