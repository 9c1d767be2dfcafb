/// Reading with deadlines and requests to stop: the console as a stream, and the mechanism below it.
#include "harness.hpp"
#include "loopback.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>
#include <io/readiness.hpp>

#include <string_view>

using namespace bobbin;
using loopback::deliver;

namespace {

stack<8_KiB> memory, others_memory;
constinit task reader{"reader"}, other{"other"};
constinit readiness thing{"thing", "it"};
constinit int things = 0;

/// Starts the reader, which returns 0 if all went well, and lets it run as far as it can.
template <class Function>
void begin(Function function) {
  reader.start(memory, function);
  this_task::yield();
}

std::string_view text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool take_thing() { return things > 0 && things-- > 0; }

void nothing_is_left() {
  CHECK_EQ(this_hart().expecting, 0u);
  CHECK(this_hart().timers.first() == nullptr);
  CHECK(!console::try_read());
}

}  // namespace

CASE("a deadline that is over leaves no time to wait, and takes what is there") {
  loopback::take_end_of_input();
  bool others_ran = false;
  other.start(memory, [&] { others_ran = true; });
  std::byte bytes[4];
  for (const auto time : {0s, -1s, std::chrono::seconds::min()}) {
    CHECK(!console::read_for(time));
    CHECK(console::stream.read_some_for(bytes, time).status == wait_status::timed_out);
    CHECK(console::stream.read_some_until(bytes, clock::time_point::min()).status == wait_status::timed_out);
    deliver("ab");
    const auto got = console::stream.read_some_for(bytes, time);
    CHECK(got && text_of({bytes, got.bytes}) == "ab");
    deliver("c");
    CHECK_EQ(*console::read_until(clock::time_point{}), 'c');
  }
  CHECK(!others_ran);
  other.join();
  nothing_is_left();
}

CASE("a deadline ends a wait for input, not before its time") {
  std::byte byte;
  for (const auto time : {1us, 50us, 2000us}) {
    const auto deadline = clock::now() + time;
    const auto got = console::stream.read_some_until({&byte, 1}, deadline);
    CHECK(got.status == wait_status::timed_out);
    CHECK_EQ(got.bytes, 0u);
    CHECK(clock::now() >= deadline);
  }
  nothing_is_left();
}

CASE("input that comes before the deadline ends the wait, and no timer is left") {
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    begin([far] { return console::read_until(far) == 'x' ? 0 : 1; });
    CHECK(reader.state() == task_state::blocked);
    deliver("x");
    CHECK_EQ(reader.join().status(), 0);
    nothing_is_left();
  }
}

CASE("who is asked to stop while it waits for input is told so, and takes none") {
  for (const auto far : {clock::now() + 1h, clock::never}) {
    begin([far] {
      std::byte byte;
      return console::stream.read_some_until({&byte, 1}, far).status == wait_status::stopped && !console::read_until(far) ? 0 : 1;
    });
    reader.request_stop();
    CHECK_EQ(reader.join().status(), 0);
    nothing_is_left();
  }
  deliver("y");
  CHECK_EQ(*console::read(), 'y');
}

CASE("who has been asked to stop reads nothing more, though it is there, and lets others run") {
  static bool others_ran;
  others_ran = false;
  begin([] {
    while (!this_task::stop_requested()) this_task::yield();
    other.start(others_memory, [] { others_ran = true; });
    char buffer[4];
    const bool nothing = !console::read() && console::stream.read_line(buffer).status == wait_status::stopped && others_ran;
    other.join();
    return nothing && console::try_read() == 'z' ? 0 : 1;
  });
  deliver("z");
  reader.request_stop();
  CHECK_EQ(reader.join().status(), 0);
  nothing_is_left();
}

CASE("read_some takes what there is, as far as it fits, and leaves the rest") {
  std::byte bytes[3];
  deliver("abcde");
  CHECK_EQ(console::stream.read_some({}).bytes, 0u);
  CHECK(text_of({bytes, console::stream.read_some(bytes).bytes}) == "abc");
  CHECK(text_of({bytes, console::stream.read_some(bytes).bytes}) == "de");
  nothing_is_left();
}

CASE("who takes a part of the input leaves the rest to who waits next") {
  const auto read_two = [] {
    std::byte bytes[2];
    return console::stream.read_some(bytes).bytes == 2 ? 0 : 1;
  };
  other.start(others_memory, read_two);
  begin(read_two);
  deliver("abcd");
  CHECK_EQ(other.join().status(), 0);
  CHECK_EQ(reader.join().status(), 0);
  nothing_is_left();
}

CASE("more than fits into the port is read in order, while it comes") {
  begin([] {
    constexpr int total = 10'000;
    std::byte bytes[100];
    int count = 0;
    while (count < total) {
      const auto got = console::stream.read_some_for(bytes, 1h);
      if (!got) return 1;
      for (const std::byte each : std::span{bytes}.first(got.bytes))
        if (each != std::byte(count++ % 16)) return 2;
    }
    return count == total ? 0 : 3;
  });
  for (int i = 0; i < 10'000 / 16; ++i) {
    deliver({"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16});
    this_task::yield();
  }
  CHECK_EQ(reader.join().status(), 0);
  nothing_is_left();
}

CASE("read_line takes a line without its end, and leaves the next one") {
  char buffer[8];
  deliver("ab\ncd\r\n\n\r\n");
  for (const std::string_view expected : {"ab", "cd", "", ""}) {
    const auto line = console::stream.read_line(buffer);
    CHECK(line && line.text == expected);
    CHECK_EQ(line.dropped, 0u);
  }
  nothing_is_left();
}

CASE("read_line counts what does not fit") {
  char buffer[4];
  deliver("abcdef\nabcd\n");
  auto line = console::stream.read_line(buffer);
  CHECK(line && line.text == "abcd");
  CHECK_EQ(line.dropped, 2u);
  line = console::stream.read_line(buffer);
  CHECK(line && line.text == "abcd");
  CHECK_EQ(line.dropped, 0u);
  nothing_is_left();
}

CASE("a line that does not end in time is given as far as it came") {
  char buffer[8];
  deliver("abc");
  const auto line = console::stream.read_line_for(buffer, 1ms);
  CHECK(line.status == wait_status::timed_out && line.text == "abc");
  CHECK(console::stream.read_line_until(buffer, clock::time_point{}).text.empty());
  nothing_is_left();
}

CASE("a line that a person types ends at its deadline, or with a request to stop") {
  static constinit char buffer[8] = {};
  line_editor editor{buffer};
  deliver("ab");
  const auto line = editor.read_line_for("# ", 1ms);
  CHECK(line.status == line_status::timed_out && line.text == "ab");
  begin([] {
    const auto left = line_editor{buffer}.read_line_for("", 1h);
    return left.status == line_status::stopped && left.text == "cd" ? 0 : 1;
  });
  deliver("cd");
  this_task::yield();
  reader.request_stop();
  CHECK_EQ(reader.join().status(), 0);
  print("\n");
  nothing_is_left();
}

CASE("the console takes all that is written, at once") {
  CHECK_EQ(console::stream.write_all("# written\n").bytes, 10u);
  const std::byte bytes[] = {std::byte{'#'}, std::byte{'\n'}};
  CHECK_EQ(console::stream.write_all_for(bytes, 0s).bytes, 2u);
}

CASE("an announcement to nobody is forgotten, and readiness is what the look says") {
  thing.announce();
  CHECK(thing.wait_until({}, take_thing) == wait_status::timed_out);
  things = 1;
  CHECK(thing.wait_until({}, take_thing) == wait_status::ok);
  CHECK_EQ(things, 0);
}

CASE("who is woken and finds that another was faster waits on") {
  begin([] { return thing.wait_until(clock::never, take_thing) == wait_status::ok ? 0 : 1; });
  things = 1;
  thing.announce();
  CHECK(take_thing());
  this_task::yield();
  CHECK(reader.state() == task_state::blocked);
  things = 1;
  thing.announce();
  CHECK_EQ(reader.join().status(), 0);
}

CASE("an announcement wakes one, to all everybody, in the order in which they came") {
  crowd all{5, [](int) { return thing.wait_until(clock::never, take_thing) == wait_status::ok ? 0 : 1; }};
  all.begin();
  CHECK_EQ(this_hart().expecting, 5u);
  things = 1;
  thing.announce();
  this_task::yield();
  CHECK_EQ(all.gone_on(), 1);
  things = 4;
  thing.announce_to_all();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a handler announces, and the idle hart goes on") {
  const by_interrupt bell{[] { things = 1, thing.announce(); }};
  CHECK(thing.wait_until(clock::never, take_thing) == wait_status::ok);
}

CASE("a blocked task says what it waits for, by the name of the device") {
  begin([] { return thing.wait_until(clock::never, take_thing) == wait_status::stopped ? 0 : 1; });
  for_each_task([](control_block& each) {
    if (const wait_place* place = place_of(each)) CHECK(std::string_view{place->queue->kind} == "thing" && std::string_view{place->queue->name} == "it");
  });
  thing.call("that");
  print_waits();
  reader.request_stop();
  CHECK_EQ(reader.join().status(), 0);
}
