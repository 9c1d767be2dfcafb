/// Readers and writers: any number may read the board together, who writes is alone. All get it in the order in which
/// they came, so neither who reads nor who writes starves.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

constinit shared_mutex board_lock{"board"};
constinit int board = 0, reading = 0;

void read_board() {
  for (int i = 0; i < 3; ++i) {
    const shared_lock lock{board_lock};
    ++reading;
    this_task::yield();  // others may come in meanwhile, if they only read
    print("{} reads {}, {} at a time\n", this_task::name(), board, reading);
    this_task::yield();
    --reading;
  }
}

void write_board() {
  for (int i = 0; i < 2; ++i) {
    const unique_lock lock{board_lock};
    ++board;
    this_task::yield();
    print("{} writes {}, {} reading\n", this_task::name(), board, reading);
  }
}

stack<4_KiB> stacks[5];
constinit task people[5] = {task{"reader 1"}, task{"reader 2"}, task{"writer 1"}, task{"reader 3"}, task{"writer 2"}};

}  // namespace

int main() {
  for (int i = 0; i < 5; ++i) people[i].start(stacks[i], people[i].name().starts_with("reader") ? read_board : write_board);
  for (task& each : people) each.join();
}
