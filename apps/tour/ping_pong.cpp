/// Two tasks that yield to each other, and how they ended.
#include "tour.hpp"

#include "bobbin.hpp"

using namespace bobbin;

namespace {

stack<8_KiB> ping_stack, pong_stack;
constinit task ping{"ping"}, pong{"pong"};

}  // namespace

void tour::ping_pong() {
  ping.start(ping_stack, [] { for (int i = 0; i < 3; ++i) { print("ping {}\n", i); this_task::yield(); } });
  pong.start(pong_stack, [] { for (int i = 0; i < 3; ++i) { print("pong {}\n", i); this_task::yield(); } });
  const outcome how = ping.join();
  print("both ended well: {}\n", pong.join().ok() && how.ok());
}
