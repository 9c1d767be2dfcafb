"""The QEMU machine of each architecture: its command line, and how a guest's exit status comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .ports import Ports
from .qmp import Qmp

MiB = 1 << 20


@dataclass
class Kind:
    board: str
    ram_base: int
    console: list                     # the device that has the ports
    options: list = field(default_factory=list)


KINDS = {
    "riscv64": Kind("virt", 0x8000_0000, ["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-serial-device"]),
    "x86_64": Kind("q35", 0, ["-device", "virtio-serial-pci,disable-legacy=on"],
                   ["-cpu", "max", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]),
}

DEFAULT_RAM = 128 * MiB
FIRMWARE_RAM = 8 * MiB                # what the device tree and tables take besides the image, rounded up


@dataclass
class Machine:
    arch: str
    image: str
    qemu: str = ""
    board: str = ""
    memory: str = ""                  # as QEMU takes it; empty: as much as the image needs
    harts: int = 1
    bios: str = ""
    arguments: str = ""               # argv, the program's name first
    ports: Ports = field(default_factory=Ports)
    extra: list = field(default_factory=list)
    name: str = "QEMU"

    def command(self, *console: str) -> list[str]:
        kind = KINDS[self.arch]
        return [self.executable(),
                "-M", self.board or kind.board, *kind.options, "-m", self.memory, "-smp", str(self.harts),
                "-display", "none", "-nic", "none", "-no-reboot", "-kernel", self.image, "-append", self.arguments,
                *(["-bios", self.bios] if self.bios else []), *console,
                *self._port_devices(), *self.extra]

    def settings(self) -> dict[str, str]:
        return {}

    def _port_devices(self) -> list[str]:
        """A virtio console with a port for each of ours, which bears its name. Nobody is connected: see Qmp.let_in."""
        names = self.ports.names()
        if not names:
            return []
        *console, device = KINDS[self.arch].console
        devices = [*console, f"{device},max_ports={len(names) + 1}"]      # their numbers begin with 1
        for number, name in enumerate(names, 1):
            devices += ["-chardev", f"null,id=port{number}",
                        "-device", f"virtserialport,id=port{number},chardev=port{number},nr={number},name={name}"]
        return devices

    def executable(self) -> str:
        return self.qemu or f"qemu-system-{self.arch}"

    def link(self) -> Qmp:
        return Qmp(self.ports)

    def host_status(self, guest_status: int) -> int:
        """What QEMU exits with when the guest powers off with this status."""
        if self.arch == "riscv64":
            return guest_status
        value = 0x10 if guest_status == 0 else 0x40 | guest_status & 0x3F      # isa-debug-exit: (value << 1) | 1
        return value << 1 | 1


def ram_needed(arch: str, end_of_memory: int) -> int:
    """Bytes of RAM, a multiple of 64 MiB, for an image that ends at this physical address."""
    needed = end_of_memory - KINDS[arch].ram_base + FIRMWARE_RAM
    return max(DEFAULT_RAM, -(-needed // (64 * MiB)) * 64 * MiB)


def parse_size(text: str) -> int:
    """QEMU's notation: a number of MiB, or with a suffix K, M, G."""
    units = {"K": 1 << 10, "M": MiB, "G": 1 << 30}
    return int(float(text[:-1]) * units[text[-1].upper()]) if text[-1].isalpha() else int(text) * MiB
