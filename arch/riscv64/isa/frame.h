/// Slots of the stack frames that assembly writes and C++ reads, in bytes from the frame's lowest address.
#ifndef BOBBIN_ISA_FRAME_H
#define BOBBIN_ISA_FRAME_H

// clang-format off
#define SWITCH_RA            0
#define SWITCH_S0            8
#define SWITCH_S1           16
#define SWITCH_S2           24
#define SWITCH_S3           32
#define SWITCH_S4           40
#define SWITCH_S5           48
#define SWITCH_S6           56
#define SWITCH_S7           64
#define SWITCH_S8           72
#define SWITCH_S9           80
#define SWITCH_S10          88
#define SWITCH_S11          96
#define SWITCH_FRAME_BYTES 112                          // 13 slots, rounded up to 16

#define FP_RA                0
#define FP_FS0               8
#define FP_FS1              16
#define FP_FS2              24
#define FP_FS3              32
#define FP_FS4              40
#define FP_FS5              48
#define FP_FS6              56
#define FP_FS7              64
#define FP_FS8              72
#define FP_FS9              80
#define FP_FS10             88
#define FP_FS11             96
#define FP_FRAME_BYTES     112
// clang-format on

#endif
