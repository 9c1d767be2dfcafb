"""Bobbin's tasks and generators for gdb 9 and later."""
