"""A row of the cost table, and how its figures are written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Row:
    name: str
    architecture: str
    unit: str
    total: Fraction                   # of one operation and the loop around it
    loop: Fraction = Fraction(0)

    @property
    def value(self) -> Fraction:
        return self.total - self.loop

    def as_object(self) -> dict:
        return {"name": self.name, "architecture": self.architecture, "value": number(self.value), "unit": self.unit,
                "loop": number(self.loop)}

    @staticmethod
    def of_object(row: dict) -> Row:
        loop = Fraction(row["loop"])
        return Row(row["name"], row["architecture"], row["unit"], Fraction(row["value"]) + loop, loop)


def number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def figure(value: Fraction) -> str:
    text = f"{value}" if value.denominator == 1 else f"{float(value):.2f}"
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}".replace(",", " ") + point + rest
