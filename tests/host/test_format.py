"""kernel/core/format*: results, and what the compiler must refuse."""

import os
import shutil
import subprocess

import pytest

from conftest import ROOT, SANITIZE, output_of


@pytest.mark.parametrize("sanitize", [[], SANITIZE], ids=["plain", "sanitized"])
@pytest.mark.parametrize("suite", ["tests/host/format.cpp", "tests/kernel/format.cpp"])
def test_format(workshop, suite, sanitize):
    sources = [f"kernel/core/{name}.cpp" for name in ("format", "format_float")]
    objects = [workshop.compiled(source, *sanitize) for source in sources]
    few = {**os.environ, "RANDOM_VALUES": "20000"}
    workshop.run([workshop.compiled(suite), *objects], *sanitize, environment=few if sanitize else None)


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
    '"{} {:>5} {:#010x}", 1, "text", 2u',
    '"{0} {1} {0}", 1, 2',
    '"{:{}} {:.{}f}", 1, 2, 1.5, 3',
    '"{:.2f} {:p} {:>8}", 1.5s, nullptr, 10ms',
]

REFUSED = [
    ('"{} {}", 1', "fewer_arguments_than_fields"),
    ('"{1}", 1', "fewer_arguments_than_fields"),
    ('"{:{}}", 1', "fewer_arguments_than_fields"),
    ('"{}", 1, 2', "more_arguments_than_fields"),
    ('"{0} {}", 1, 2', "some_fields_are_numbered_and_some_are_not"),
    ('"{0:{}}", 1, 2', "some_fields_are_numbered_and_some_are_not"),
    ('"}", 1', "closing_brace_without_a_field__write_two_for_one"),
    ('"{} }", 1', "closing_brace_without_a_field__write_two_for_one"),
    ('"{", 1', "field_does_not_end_here"),
    ('"{:", 1', "field_does_not_end_here"),
    ('"{:d", 1', "field_does_not_end_here"),
    ('"{:5{}}", 1, 2', "field_does_not_end_here"),
    ('"{:{x}", 1, 2', "field_does_not_end_here"),
    ('"{:{", 1, 2', "field_does_not_end_here"),
    ('"{:.}", 1.5', "field_does_not_end_here"),
    ('"{:dd}", 1', "field_does_not_end_here"),
    ('"{:!}", 1', "field_does_not_end_here"),
    ('"{name}", 1', "field_does_not_end_here"),
    ('"{:q}", 1', "type_letter_does_not_fit_the_argument"),
    ('"{:s}", 1', "type_letter_does_not_fit_the_argument"),
    ('"{:d}", "text"', "type_letter_does_not_fit_the_argument"),
    ('"{:d}", 1.5', "type_letter_does_not_fit_the_argument"),
    ('"{:x}", nullptr', "type_letter_does_not_fit_the_argument"),
    ('"{:x}", 10ms', "type_letter_does_not_fit_the_argument"),
    ('"{:+}", "text"', "sign_does_not_fit_the_argument"),
    ('"{:+c}", 65', "sign_does_not_fit_the_argument"),
    ('"{:#}", true', "alternate_form_does_not_fit_the_argument"),
    ('"{:05}", "text"', "leading_zeros_do_not_fit_the_argument"),
    ('"{:.2}", 1', "precision_does_not_fit_the_argument"),
    ('"{:.2}", 10ms', "precision_does_not_fit_the_argument"),
    ('"{:.{}}", 1, 2', "precision_does_not_fit_the_argument"),
    ('"{:10000}", 1', "width_or_precision_is_over_9999"),
    ('"{:99999999999999999999}", 1', "width_or_precision_is_over_9999"),
    ('"{:{}}", 1, 2.5', "width_or_precision_is_not_an_integer"),
    ('"{:{}}", 1, true', "width_or_precision_is_not_an_integer"),
    ('"{}", opaque{}', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('"{}", colour::red', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('"{}", L\'x\'', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('"{}", 1.5L', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
    ('"{}", &print<>', "type_cannot_be_formatted__cast_it_or_overload_format_value"),
]


class Compiler:
    """Checks single statements; the headers are compiled once."""

    def __init__(self, name, folder):
        header = folder / "declarations.hpp"
        header.write_text(DECLARATIONS)
        self.command = [name, "-std=c++20", "-ffreestanding", "-I", ROOT / "kernel"]
        self.folder = folder
        output_of(*self.command, "-x", "c++-header", header, "-o", f"{header}.gch")

    def refusal(self, statement):
        """The compiler's words, or None when there is nothing to object to."""
        result = subprocess.run([*self.command, "-include", self.folder / "declarations.hpp", "-x", "c++", "-fsyntax-only", "-"],
                                input=f"void test() {{ {statement}; }}\n", stderr=subprocess.PIPE, text=True, timeout=60)
        return result.stderr if result.returncode else None


@pytest.fixture(scope="module", params=["g++", "clang++"])
def compiler(request, tmp_path_factory):
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    return Compiler(request.param, tmp_path_factory.mktemp("refused"))


@pytest.mark.parametrize("arguments", ACCEPTED)
def test_accepted(compiler, arguments):
    assert compiler.refusal(f"print({arguments})") is None


@pytest.mark.parametrize("arguments, reason", REFUSED, ids=[arguments for arguments, _ in REFUSED])
def test_refused(compiler, arguments, reason):
    assert reason in (compiler.refusal(f"print({arguments})") or "compiled without complaint")


def test_only_constants_are_format_strings(compiler):
    assert compiler.refusal('const char* text = "{}"; print(text, 1)')
