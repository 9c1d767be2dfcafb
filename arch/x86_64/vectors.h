/// The vectors of the processor's table: what comes in by which number. Shared by trap.S and C++.
#ifndef BOBBIN_VECTORS_H
#define BOBBIN_VECTORS_H

// clang-format off
#define BREAKPOINT_VECTOR       3
#define ILLEGAL_VECTOR          6
#define DOUBLE_FAULT_VECTOR     8
#define STACK_FAULT_VECTOR     12
#define PROTECTION_VECTOR      13
#define PAGE_FAULT_VECTOR      14
#define X87_VECTOR             16
#define SSE_VECTOR             19
#define EXCEPTIONS             32                       // below this number: the processor's own
#define FIRST_LINE_VECTOR      32                       // line 0 of the I/O APIC, and so on
#define LINES                  24
#define TIMER_VECTOR           56                       // of the local APIC
#define MESSAGE_VECTOR         57                       // the message of a PCI device
#define SPURIOUS_VECTOR        63                       // an interrupt that went away before it was taken
#define VECTORS                64
// clang-format on

#endif
