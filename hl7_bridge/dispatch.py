"""Which message types (MSH-9.1) are used, and what applies each."""

from collections.abc import Mapping
from types import MappingProxyType

from hl7_bridge import adt_applying
from hl7_bridge.applying import Applier

APPLIERS: Mapping[str, Applier] = MappingProxyType({"ADT": adt_applying.apply})
