"""kernel/core/format*: results, and what the compiler must refuse."""

import os
import re
import shutil
import subprocess

import pytest

from host_programs import ROOT, SANITIZE


@pytest.mark.parametrize("sanitize", [[], SANITIZE], ids=["plain", "sanitized"])
@pytest.mark.parametrize("suite", ["tests/host/format.cpp", "tests/kernel/format.cpp"])
def test_format(host_programs, suite, sanitize):
    sources = [f"kernel/core/{name}.cpp" for name in ("format", "format_float")]
    objects = [host_programs.compiled(source, *sanitize) for source in sources]
    few = {**os.environ, "RANDOM_VALUES": "20000"}
    host_programs.run([host_programs.compiled(suite), *objects], *sanitize, environment=few if sanitize else None)


DECLARATIONS = """
#include <core/format.hpp>
#include <core/format_chrono.hpp>
using namespace bobbin;
using namespace std::chrono_literals;
struct opaque {};
enum class colour { red };
template <class... Args>
void print(format_string<std::type_identity_t<Args>...> text, const Args&... args) {
  format_to(sink{}, text, args...);
}
"""

ACCEPTED = [
    'print("{} {:>5} {:#010x}", 1, "text", 2u)',
    'print("{0} {1} {0}", 1, 2)',
    'print("{:{}} {:.{}f}", 1, 2, 1.5, 3)',
    'print("{:.2f} {:p} {:>8}", 1.5s, nullptr, 10ms)',
]

REFUSED = [
    ('print("{} {}", 1)', "fewer_arguments_than_fields"),
    ('print("{1}", 1)', "fewer_arguments_than_fields"),
    ('print("{:{}}", 1)', "fewer_arguments_than_fields"),
    ('print("{}", 1, 2)', "more_arguments_than_fields"),
    ('print("{0} {}", 1, 2)', "some_fields_are_numbered_and_some_are_not"),
    ('print("{0:{}}", 1, 2)', "some_fields_are_numbered_and_some_are_not"),
    ('print("}", 1)', "closing_brace_without_a_field__write_two_for_one"),
    ('print("{} }", 1)', "closing_brace_without_a_field__write_two_for_one"),
    ('print("{", 1)', "field_does_not_end_here"),
    ('print("{:", 1)', "field_does_not_end_here"),
    ('print("{:d", 1)', "field_does_not_end_here"),
    ('print("{:5{}}", 1, 2)', "field_does_not_end_here"),
    ('print("{:{x}", 1, 2)', "field_does_not_end_here"),
    ('print("{:{", 1, 2)', "field_does_not_end_here"),
    ('print("{:.}", 1.5)', "field_does_not_end_here"),
    ('print("{:dd}", 1)', "field_does_not_end_here"),
    ('print("{:!}", 1)', "field_does_not_end_here"),
    ('print("{name}", 1)', "field_does_not_end_here"),
    ('print("{:q}", 1)', "type_letter_does_not_fit_the_argument"),
    ('print("{:s}", 1)', "type_letter_does_not_fit_the_argument"),
    ('print("{:d}", "text")', "type_letter_does_not_fit_the_argument"),
    ('print("{:d}", 1.5)', "type_letter_does_not_fit_the_argument"),
    ('print("{:x}", nullptr)', "type_letter_does_not_fit_the_argument"),
    ('print("{:x}", 10ms)', "type_letter_does_not_fit_the_argument"),
    ('print("{:+}", "text")', "sign_does_not_fit_the_argument"),
    ('print("{:+c}", 65)', "sign_does_not_fit_the_argument"),
    ('print("{:#}", true)', "alternate_form_does_not_fit_the_argument"),
    ('print("{:05}", "text")', "leading_zeros_do_not_fit_the_argument"),
    ('print("{:.2}", 1)', "precision_does_not_fit_the_argument"),
    ('print("{:.2}", 10ms)', "precision_does_not_fit_the_argument"),
    ('print("{:.{}}", 1, 2)', "precision_does_not_fit_the_argument"),
    ('print("{:10000}", 1)', "width_or_precision_is_over_9999"),
    ('print("{:99999999999999999999}", 1)', "width_or_precision_is_over_9999"),
    ('print("{:{}}", 1, 2.5)', "width_or_precision_is_not_an_integer"),
    ('print("{:{}}", 1, true)', "width_or_precision_is_not_an_integer"),
    ('print("{}", opaque{})', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('print("{}", colour::red)', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('print("{}", L\'x\')', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('print("{}", 1.5L)', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('print("{}", &print<>)', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('const char* text = "{}"; print(text, 1)', "constant expression"),
]


def complaints(compiler, statements):
    """What the compiler says of each statement. All are compiled at once, each as a file of its own name."""
    command = [compiler, "-std=c++20", "-ffreestanding", "-fsyntax-only", "-I", ROOT / "kernel", "-x", "c++", "-"]
    if compiler == "clang++":
        command.append("-ferror-limit=0")
    functions = [f'#line 1 "statement-{number}"\nvoid test_{number}() {{ {statement}; }}\n'
                 for number, statement in enumerate(statements)]
    output = subprocess.run(command, input=DECLARATIONS + "".join(functions), stderr=subprocess.PIPE, text=True,
                            timeout=120).stderr
    texts = [""] * len(statements)
    current = 0  # which statement the words are about
    for line in output.splitlines():
        named = re.search(r"\bstatement-(\d+):1:", line)
        current = int(named[1]) if named else current
        texts[current] += line + "\n"
    return texts


@pytest.fixture(scope="module", params=["g++", "clang++"])
def compiler(request):
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    return request.param


@pytest.fixture(scope="module")
def refusals(compiler):
    return dict(zip(REFUSED, complaints(compiler, [statement for statement, _ in REFUSED])))


def test_accepted(compiler):
    assert complaints(compiler, ACCEPTED) == [""] * len(ACCEPTED)


@pytest.mark.parametrize("case", REFUSED, ids=[statement for statement, _ in REFUSED])
def test_refused(refusals, case):
    assert case[1] in (refusals[case] or "no complaint")
