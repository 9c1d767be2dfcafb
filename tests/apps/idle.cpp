/// Says "asleep", sleeps as often and for as many milliseconds as its arguments say, then ends.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

int number(const char* text) {
  int value = 0;
  for (; *text != '\0'; ++text) value = value * 10 + (*text - '0');
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 99;
  print("asleep\n");
  for (int left = number(argv[1]); left > 0; --left) this_task::sleep_for(std::chrono::milliseconds{number(argv[2])});
}
