/// Echoes to one client while another task never waits: what comes is heard of by interrupts alone, never by an idle hart.
#include "bobbin.hpp"

using namespace bobbin;

static stack<8_KiB> memory;
static constinit task busy{"busy"};

int main() {
  const auto ports = ports::start();
  if (ports.empty()) return 1;
  busy.start(memory, [] { while (!this_task::stop_requested()) this_task::yield(); });
  print("listening {}\n", ports[0].name());
  connection client = ports[0].accept();
  std::byte buffer[1000];
  while (const auto got = client.read_some(buffer)) (void)client.write_all(std::span{buffer}.first(got.bytes));
  busy.request_stop();
  (void)busy.join();
}
