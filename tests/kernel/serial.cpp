/// Input that comes faster than it is taken. The port sends to itself here, which overruns it as no QEMU ever would.
#include "harness.hpp"
#include "loopback.hpp"

#include <bobbin.hpp>
#include <task/interrupts_masked.hpp>

using namespace bobbin;

namespace {

using loopback::fifo_bytes;

stack<8_KiB> stacks[3];

/// Has the port receive `count` bytes at once: 0, 1, 2, ...
void receive(int count) {
  char bytes[2 * fifo_bytes];
  for (int i = 0; i < count; ++i) bytes[i] = static_cast<char>(i);
  loopback::receive({bytes, static_cast<std::size_t>(count)});
}

/// Takes all the input there is; returns how much that was, or -1 if it is not 0, 1, 2, ...
int take_all() {
  int count = 0;
  while (const auto byte = console::try_read())
    if (*byte != count++) return -1;
  return count;
}

}  // namespace

CASE("what fits into the port arrives, and nothing is counted") {
  loopback::take_end_of_input();
  for (int time = 0; time < 3; ++time) {
    {
      const interrupts_masked guard;
      receive(fifo_bytes);
    }
    CHECK_EQ(take_all(), fifo_bytes);
  }
  CHECK_EQ(console::overruns(), 0u);
}

CASE("input that is lost in the port is counted, and the rest arrives") {
  const auto before = console::overruns();
  {
    const interrupts_masked guard;
    receive(fifo_bytes + 1);
  }
  CHECK_EQ(take_all(), fifo_bytes);
  CHECK_EQ(console::overruns(), before + 1);
}

CASE("lost input is counted although output has asked the port in between") {
  const auto before = console::overruns();
  {
    const interrupts_masked guard;
    receive(fifo_bytes + 1);
    print("# a line of output\n");
  }
  CHECK_EQ(take_all(), fifo_bytes);
  CHECK_EQ(console::overruns(), before + 1);
}

CASE("input waits until somebody takes it, as far as there is room, and what is lost then is counted") {
  constexpr int room = 4096 + fifo_bytes;
  const auto before = console::overruns();
  for (int received = 0; received < room + fifo_bytes; received += fifo_bytes) {
    const interrupts_masked guard;
    receive(fifo_bytes);
  }
  for (int taken = 0; taken < room; ++taken) CHECK_EQ(*console::read(), taken % fifo_bytes);
  CHECK(!console::try_read());
  CHECK(console::overruns() > before);
  {
    const interrupts_masked guard;
    receive(fifo_bytes);
  }
  CHECK_EQ(take_all(), fifo_bytes);
}

CASE("all who wait for input get some, if it comes at once") {
  static int taken;
  taken = 0;
  task readers[3];
  for (int i = 0; i < 3; ++i) readers[i].start(stacks[i], [] { taken += *console::read() + 1; });
  this_task::yield();
  {
    const interrupts_masked guard;
    receive(3);
  }
  for (auto& reader : readers) CHECK(reader.join().ok());
  CHECK_EQ(taken, 1 + 2 + 3);
}
