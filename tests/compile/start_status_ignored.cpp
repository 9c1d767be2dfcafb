// says: nodiscard
#include "bobbin.hpp"
using namespace bobbin;
#pragma GCC diagnostic error "-Wunused-result"

static std::byte memory[4096] __attribute__((aligned(16)));
static constinit task worker{"worker"};

int main() {
#ifdef MISTAKE
  worker.start(stack_view{std::span<std::byte>{memory}}, [] {});
#else
  if (worker.start(stack_view{std::span<std::byte>{memory}}, [] {}) != start_status::ok) return 1;
#endif
  return worker.join().status();
}
