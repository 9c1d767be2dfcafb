// says: deleted
#include "bobbin.hpp"
#include <utility>
using namespace bobbin;

static constinit task_pool<2, 4_KiB> pool;

int main() {
  auto one = pool.start("one", [] {});
#ifdef MISTAKE
  auto two = one;
#else
  auto two = std::move(one);
#endif
  return two.join().status();
}
