/// What only a sanitizer notices, chosen by the first argument: in a task, or in a generator of one.
#include "bobbin.hpp"

#include <limits>

using namespace bobbin;

namespace {

stack<8_KiB> memory, body_memory;
constinit task culprit{"culprit"};

struct table {
  int words[4];
} global;
volatile int beyond = 4;
int greatest = std::numeric_limits<int>::max();
bool truth = true;

[[gnu::noinline]] void store(int* words, int at) { words[at] = 1; }

/// Compilers see this one, too.
int* hidden(int* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

struct mistake {
  std::string_view name;
  void (*make)();
};

constexpr mistake mistakes[] = {
    {"none", [] { store(global.words, beyond - 1); }},
    {"global", [] { store(global.words, beyond); }},
    {"local", [] {
       int words[4];
       store(words, beyond);
     }},
    {"scope", [] {
       int* left = nullptr;
       {
         int word = 0;
         left = hidden(&word);
         store(left, 0);
       }
       store(left, 0);
     }},
    {"generator", [] {
       generator<int> body{body_memory, [](auto& yield) {
         int words[4];
         yield(1);
         store(words, beyond);
       }};
       while (body.resume()) this_task::yield();
     }},
    {"overflow", [] { print("{}\n", greatest + beyond); }},
    {"shift", [] { print("{}\n", 1 << (beyond * 8)); }},
    {"index", [] { global.words[beyond] = 1; }},
    {"bool", [] {
       *reinterpret_cast<char*>(&truth) = 2;
       print("{}\n", truth);
     }},
    {"uninitialised", [] {
       int words[4];
       asm("" : "+m"(words));
       if (words[3] == 7) print("seven\n");
     }},
    {"unreachable", [] {
       if (beyond == 4) __builtin_unreachable();
     }},
};

}  // namespace

int main(int argc, char** argv) {
  for (auto [name, make] : mistakes)
    if (argc > 1 && name == argv[1]) {
      culprit.start(memory, make);
      return culprit.join().ok() ? 0 : 1;
    }
  return 99;
}
