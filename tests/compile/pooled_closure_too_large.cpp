// says: does not fit on the stacks of this pool
#include "bobbin.hpp"
#include <array>
using namespace bobbin;

#ifdef MISTAKE
constexpr std::size_t bytes = 4_KiB;
#else
constexpr std::size_t bytes = 256;
#endif
static constinit task_pool<2, 4_KiB> pool;

int main() {
  std::array<char, bytes> captured{};
  return pool.start("worker", [captured] { return int{captured[0]}; }).join().status();
}
