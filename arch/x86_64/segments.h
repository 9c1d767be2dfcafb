/// What start.S and trap.S agree on: the segments of the descriptor table.
#ifndef BOBBIN_SEGMENTS_H
#define BOBBIN_SEGMENTS_H

#define KERNEL_CODE   0x08
#define KERNEL_DATA   0x10
#define KERNEL_TSS    0x18
#define TSS_BYTES     104

#endif
