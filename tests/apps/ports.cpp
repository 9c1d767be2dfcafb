/// Serves one port, a client after the other, each with a task of its own that does what the client's lines say. Tells on the
/// console how each task ended.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

task_pool<1, 16_KiB> pool;
constinit std::byte much[1_MiB] = {};

const char* name_of(wait_status status) {
  switch (status) {
    case wait_status::ok: return "ok";
    case wait_status::timed_out: return "timed out";
    case wait_status::stopped: return "stopped";
    case wait_status::closed: return "closed";
  }
  return "?";
}

void reply(connection& client, const char* how, std::size_t bytes) {
  char text[64];
  (void)client.write_all(format_to(text, "{} {}\n", how, bytes));
}

/// False: the client is to go.
bool obey(connection& client, std::string_view line) {
  std::byte bytes[100];
  if (line == "at once") {
    const auto got = client.read_some_for(bytes, 0s);
    reply(client, name_of(got.status), got.bytes);
  } else if (line == "in time") {
    const auto got = client.read_some_until(bytes, clock::now() + 2ms);
    reply(client, name_of(got.status), got.bytes);
  } else if (line == "much") {
    for (std::size_t i = 0; i < sizeof much; ++i) much[i] = static_cast<std::byte>(i % 251);
    std::size_t written = 0;
    io_result sent;
    do written += (sent = client.write_all_for(much, 50ms)).bytes;
    while (sent);
    print("{} {}\n", name_of(sent.status), written);
  } else if (line == "forever") {
    io_result sent;
    while ((sent = client.write_all(much))) {}
    print("{}\n", name_of(sent.status));
  } else if (line == "fault") {
    ASSERT(line != "fault");
  } else {
    return false;
  }
  return true;
}

void serve(port& from) {
  if (from.accept_for(0s) || from.accept_for(1ms)) print("nobody has come, and was accepted\n");
  print("waiting {}\n", from.name());
  connection client = from.accept();
  char buffer[32];
  for (;;) {
    const text_line line = client.read_line(buffer);
    if (!line) return print("{}\n", name_of(line.status));
    if (!obey(client, line.text)) return print("bye\n");
  }
}

}  // namespace

int main() {
  const auto ports = ports::start();
  if (ports.empty() || ports::start().data() != ports.data()) return 1;
  for (;;) {
    auto server = pool.start("server", [&] { serve(ports[0]); });
    auto key = console::read();
    for (; key == 'w'; key = console::read()) {
      print_waits();
      print("that is all\n");
    }
    if (key == 's') server.request_stop();
    const outcome how = server.join();
    print("it {}\n", how.how() == outcome::kind::faulted ? "faulted" : "ended");
    if (key == 'q') return 0;
  }
}
