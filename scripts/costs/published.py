"""docs/costs.json: the figures of docs/costs.md, for programs. `make test` compares with them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from costs.native import Native, NativeRow
from costs.rows import Row
from costs.tools import ROOT

FILE = ROOT / "docs/costs.json"


@dataclass
class Published:
    versions: dict[str, list[str]]    # see counted.versions
    rows: list[Row]
    native: Native

    def write(self) -> None:
        """One row to a line, so that a change is seen as one."""
        FILE.write_text(f'''{{
  "versions": {json.dumps(self.versions)},
  "rows": [
{lines(self.rows)}
  ],
  "native": {{"measured_on": {json.dumps(self.native.measured_on)}, "rows": [
{lines(self.native.rows)}
  ]}}
}}
''')

    @staticmethod
    def read() -> Published:
        said = json.loads(FILE.read_text())
        native = Native(said["native"]["measured_on"], [NativeRow.of_object(row) for row in said["native"]["rows"]])
        return Published(said["versions"], [Row.of_object(row) for row in said["rows"]], native)


def lines(rows: list[Row] | list[NativeRow]) -> str:
    return ",\n".join(f"    {json.dumps(row.as_object())}" for row in rows)
