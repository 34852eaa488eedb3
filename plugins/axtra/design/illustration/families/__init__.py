"""The families of drawings: a rubrique is recognised by its motif, even small and in grey.

Each family has three variants. What they count (steps, rays, dots) is a number of the text where
it gives one; a drawing has neither scale nor labels, and imitates no diagram. A
variant returns its ground and its shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from axtra.design.illustration.families import crossings, points, steps, strata
from axtra.design.illustration.shapes import Shape
from axtra.design.illustration.sheet import Sheet

Variant: TypeAlias = Callable[[Sheet], tuple[str, Iterator[Shape]]]

FAMILIES: Mapping[str, tuple[Variant, ...]] = MappingProxyType(
    {
        "marches": (steps.crossed_steps, steps.arcs, steps.stairs),
        "croisements": (crossings.cross, crossings.weave, crossings.fan),
        "points": (points.field, points.lens, points.columns),
        "strates": (strata.fault, strata.rings, strata.leaves),
    }
)
