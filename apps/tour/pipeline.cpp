/// What happens to a line: a generator splits it into words, a task counts them and hands them on to another, which
/// echoes them, while a third one ticks in the background.
///
///     line --> words --> counter --> mailbox --> echo --> console
///              (generator)                      ticker -->
///
/// The output is the same on every machine and in every run, although two tasks write to the console at once:
///   - nothing preempts. Tasks change only where one yields or waits, and then in the order of the ready ring;
///   - the three tasks start together, in this order, and have all ended before the prompt reads on. So only the line
///     decides who gets how far: not when its characters arrived, and not who else is ready, because others merely come
///     in between and are silent (workers.cpp).
#include "pipeline.hpp"

#include "bobbin.hpp"
#include "mailbox.hpp"
#include "words.hpp"

using namespace bobbin;

namespace {

stack<4_KiB> words_stack;
stack<8_KiB> counter_stack, echo_stack, ticker_stack;
constinit task counter{"counter"}, echo{"echo"}, ticker{"ticker"};

}  // namespace

void tour::run_pipeline(std::string_view line) {
  mailbox<std::string_view> counted;
  int words_seen = 0;
  int ticks = 0;

  counter.start(counter_stack, [&] {
    for (const auto word : words(words_stack, line)) {
      ++words_seen;
      counted.put(word);
    }
    counted.close();
  });
  echo.start(echo_stack, [&] {
    while (const auto word = counted.take()) print("  {}\n", *word);
  });
  ticker.start(ticker_stack, [&] {
    while (!this_task::stop_requested()) {
      print("    tick {}\n", ++ticks);
      this_task::yield();
    }
  });

  counter.join();
  echo.join();
  ticker.request_stop();
  ticker.join();
  print("{} {}, {} {}\n", words_seen, words_seen == 1 ? "word" : "words", ticks, ticks == 1 ? "tick" : "ticks");
}
