"""Line charts side by side, as an SVG that follows the reader's light or dark theme."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

_WIDTH: Final = 300
_HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 34, 44
_STYLE: Final = """
svg {
  font: 12px system-ui, sans-serif;
  --ink: #1b1f24; --faint: #8a929c; --first: #0b6e6e; --second: #b4531d;
}
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6e9ed; --faint: #7d858f; --first: #54c7c0; --second: #f0975b }
}
text { fill: var(--ink) }
.title { font-weight: 600 }
.axis, .tick { stroke: var(--faint); fill: none }
.tick { stroke-dasharray: 2 4 }
.line { fill: none; stroke-width: 2 }
.line.first { stroke: var(--first) } .line.second { stroke: var(--second); stroke-dasharray: 6 3 }
.dot.first { fill: var(--first) } .dot.second { fill: var(--second) }
"""
_CLASSES: Final = ("first", "second")


@dataclass(frozen=True, slots=True)
class Line:
    """Points by rising x; y is not negative."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """At most two lines over one axis; `logarithmic` is the x axis, whose values are then positive."""

    title: str
    x_name: str
    y_name: str
    lines: tuple[Line, ...]
    logarithmic: bool = False


def svg_of(charts: Sequence[Chart]) -> str:
    """Draw the charts in a row, with one legend below them.

    Raises
    ------
    ValueError
        A chart has no points.
    """
    width, height = _WIDTH * len(charts), _HEIGHT + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{_quoted("; ".join(chart.title for chart in charts))}">',
        f"<style>{_STYLE}</style>",
    ]
    for place, chart in enumerate(charts):
        parts.append(f'<g transform="translate({place * _WIDTH} 0)">')
        parts.extend(_chart(chart))
        parts.append("</g>")
    names = dict.fromkeys(line.name for chart in charts for line in chart.lines)
    parts.extend(_legend(list(names), height))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def round_up(value: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that is not below a value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def _chart(chart: Chart) -> Iterator[str]:
    xs = sorted({x for line in chart.lines for x, _ in line.points})
    if not xs:
        message = f"{chart.title} has no points"
        raise ValueError(message)
    top = round_up(max(y for line in chart.lines for _, y in line.points))
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT

    def across(x: float) -> float:
        low, high = (xs[0], xs[-1]) if chart.logarithmic else (0.0, xs[-1])
        if chart.logarithmic:
            x, low, high = math.log(x), math.log(low), math.log(high)
        share = (x - low) / (high - low) if high > low else 0.5
        return _LEFT + share * (right - _LEFT)

    def up(y: float) -> float:
        return bottom - y / top * (bottom - _TOP)

    yield f'<text class="title" x="{_LEFT}" y="14">{escape(chart.title)}</text>'
    yield f'<text x="{_LEFT}" y="28" font-size="10">{escape(chart.y_name)}</text>'
    for share in (0.5, 1.0):
        y = up(share * top)
        yield f'<path class="tick" d="M{_LEFT} {y:.1f}H{right}"/>'
        yield f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{share * top:g}</text>'
    yield f'<text x="{_LEFT - 5}" y="{bottom + 4}" text-anchor="end">0</text>'
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'
    last = -math.inf
    for x in xs:
        if across(x) - last < 28:  # a number needs its room
            continue
        last = across(x)
        yield f'<text x="{last:.1f}" y="{bottom + 16}" text-anchor="middle">{x:,.4g}</text>'
    middle = (_LEFT + right) / 2
    yield f'<text x="{middle}" y="{bottom + 32}" text-anchor="middle">{escape(chart.x_name)}</text>'
    for line, style in zip(chart.lines, _CLASSES, strict=False):
        path = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in line.points)
        yield f'<path class="line {style}" d="M{path}"/>'
        for x, y in line.points:
            yield f'<circle class="dot {style}" cx="{across(x):.1f}" cy="{up(y):.1f}" r="3"/>'


def _legend(names: Sequence[str], height: int) -> Iterator[str]:
    x = _LEFT
    for name, style in zip(names, _CLASSES, strict=False):
        yield f'<path class="line {style}" d="M{x} {height - 10}h24"/>'
        yield f'<text x="{x + 30}" y="{height - 6}">{escape(name)}</text>'
        x += 60 + 7 * len(name)


def _quoted(words: str) -> str:
    return escape(words, {'"': "&quot;"})
