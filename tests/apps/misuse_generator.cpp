/// Mistakes with generators, chosen by the first argument, made by main or in a task.
#include "bobbin.hpp"

#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[3];
constinit task anna{"anna"};

struct mistake {
  std::string_view name;
  int (*make)();
};

constexpr mistake mistakes[] = {
    {"none", [] {
       generator<int> body{stacks[0], [](auto& yield) { while (yield(1)) {} }};
       print("{}\n", *body.resume());
       return 0;
     }},
    {"resume-itself", [] {
       static generator<int>* self;
       generator<int> body{stacks[0], [](auto&) { (void)self->resume(); }};
       self = &body;
       (void)body.resume();
       print("main goes on\n");
       return 0;
     }},
    {"destroy-while-it-runs", [] {
       generator<int> body;
       body = generator<int>{stacks[0], [&](auto&) { body = {}; }};
       (void)body.resume();
       print("main goes on\n");
       return 0;
     }},
    {"yield-outside", [] {
       yielder<int, void>* out = nullptr;
       generator<int> body{stacks[0], [&](auto& yield) {
         out = &yield;
         yield(1);
       }};
       (void)body.resume();
       (*out)(2);
       return 0;
     }},
    {"yield-outside-within", [] {
       generator<int> body{stacks[0], [](auto& yield) {
         alignas(16) std::byte part[1536];
         generator<int> inner{std::span<std::byte>{part}, [&](auto&) { yield(2); }};  // that stack is in the outer body's
         (void)inner.resume();
         yield(1);
       }};
       const int first = *body.resume();
       print("main got {}\n", first);
       return 0;
     }},
    {"assertion-after-another-within", [] {
       alignas(16) std::byte part[1536];
       generator<int> body{std::span<std::byte>{part}, [](auto& yield) {
         {
           generator<int> inner{stacks[0], [](auto& yield_inner) { while (yield_inner(1)) {} }};
           (void)inner.resume();
         }
         ASSERT(yield.stopped());
       }};
       (void)body.resume();
       print("generator: {}\n", body.how().cause());
       return 0;
     }},
    {"stack-in-use", [] {
       generator<int> first{stacks[0], [](auto& yield) { while (yield(1)) {} }};
       generator<int> second{stacks[0], [](auto& yield) { while (yield(2)) {} }};  // <- stack-in-use
       return 0;
     }},
    {"ignore-stop", [] {
       {
         generator<int> stubborn{stacks[0], [](auto& yield) { for (int i = 0;; ++i) yield(i); }};
         (void)stubborn.resume();
         (void)stubborn.resume();
       }
       print("main goes on\n");
       return 0;
     }},
    {"ignore-stop-and-resume", [] {
       {
         generator<int> stubborn{stacks[0], [](auto& yield) {
           generator<int> within{stacks[1], [](auto& hand_out) { for (int i = 0; hand_out(i); ++i) {} }};
           for (;;) yield(*within.resume());
         }};
         (void)stubborn.resume();
         (void)stubborn.resume();
       }
       print("main goes on\n");
       return 0;
     }},
    {"assertion-in-a-body", [] {
       generator<int> body{stacks[0], [](auto& yield) {
         yield(1);
         ASSERT(yield.stopped());
       }};
       anna.start(stacks[1], [&] { while (body.resume()) {} });
       print("anna: {}\n", anna.join().ok() ? "ok" : "not ok");
       print("generator: {}\n", body.how().cause());
       return 0;
     }},
    {"overflow", [] {
       static std::byte small[1024] __attribute__((aligned(16)));
       anna.start(stacks[1], [] {
         generator<int> body{std::span<std::byte>{small}, [](auto& yield) {
           volatile char room[1500];
           room[0] = 1;
           room[1024] = 1;
           yield(1);
           room[0] = room[1024];
         }};
         (void)body.resume();
         print("generator: {}\n", body.how().cause());
       });
       print("anna: {}\n", anna.join().ok() ? "ok" : "not ok");
       return 0;
     }},
};

}  // namespace

int main(int argc, char** argv) {
  for (auto [name, make] : mistakes)
    if (argc > 1 && name == argv[1]) return make();
  print("no such mistake\n");
  return 99;
}
