/// Read before every file of an app, which is compiled as a hosted program so that its `main` is one: the standard
/// headers shall give what a freestanding implementation has and nothing that needs a libc.
#pragma GCC system_header
#undef __STDC_HOSTED__
#define __STDC_HOSTED__ 0
