/// The prompt: a line is a command, or work for the pipeline. After Ctrl-C it is empty, and nothing happens.
#include "tour.hpp"

#include "bobbin.hpp"
#include "pipeline.hpp"
#include "words.hpp"
#include "workers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

using namespace bobbin;

namespace {

stack<4_KiB> words_stack;

struct session {
  tour::workers workers;
  std::optional<int> exit_code;  ///< nothing while the prompt goes on
};

struct command {
  std::string_view name;
  std::string_view usage;
  std::string_view does;
  int least_arguments;
  int most_arguments;
  void (*run)(session&, std::string_view argument);
};

void help(session&, std::string_view);

void ps(session&, std::string_view) {
  print_task_table();
  print_waits();
}

void spawn(session& session, std::string_view name) { session.workers.spawn(name.empty() ? "worker" : name); }

void kill(session& session, std::string_view who) { session.workers.kill(who); }

void exit(session& session, std::string_view text) {
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  const bool is_number = text.empty() || (error == std::errc{} && end == text.data() + text.size());
  if (is_number && 0 <= code && code <= 255)
    session.exit_code = code;
  else
    print("exit: a code is a number from 0 to 255\n");
}

constexpr command commands[] = {
    {"help", "help", "shows this", 0, 0, help},
    {"ps", "ps", "shows all tasks: the most that was ever used of their stacks, how often each got its turn", 0, 0, ps},
    {"spawn", "spawn [NAME]", "starts a task in the background", 0, 1, spawn},
    {"kill", "kill ID|NAME", "stops it and says how it ended", 1, 1, kill},
    {"exit", "exit [CODE]", "ends everything, with that exit status", 0, 1, exit},
};

void help(session&, std::string_view) {
  for (const command& each : commands) print("  {:14} {}\n", each.usage, each.does);
  print("  {:14} {}\n", "anything else", "goes through a generator and three tasks, which count and echo its words");
  print("Backspace takes back a character, Ctrl-U the line; Ctrl-C gives it up; Ctrl-D ends the input.\n");
}

void obey(session& session, std::string_view line) {
  auto words = tour::words(words_stack, line);
  const auto first = words.resume();
  if (!first) return;

  const auto known = std::ranges::find(commands, *first, &command::name);
  if (known == std::ranges::end(commands)) {
    session.workers.count_line();
    tour::run_pipeline(line);
    return;
  }

  const auto argument = words.resume();
  const int arguments = argument.has_value() + words.resume().has_value();
  if (known->least_arguments <= arguments && arguments <= known->most_arguments)
    known->run(session, argument.value_or(""));
  else
    print("usage: {}\n", known->usage);
}

}  // namespace

/// Stops the tasks of the background before it returns: when main returns, all tasks must have finished.
int tour::prompt() {
  static constinit char buffer[256] = {};
  line_editor editor{buffer};
  session session;

  while (!session.exit_code) {
    const input_line line = editor.read_line("> ");
    if (!line && line.status != line_status::interrupted) break;
    if (line.dropped > 0)
      print("that line is too long: the last {} of its characters were dropped\n", line.dropped);
    obey(session, line.text);
  }
  session.workers.kill_all();
  return session.exit_code.value_or(0);
}
