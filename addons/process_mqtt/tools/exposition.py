# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Figures in the text format 0.0.4 that Prometheus and its kind collect.

Source: Prometheus, "Exposition formats", text-based format.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Metric:
    """One figure with its samples: labels and a number each. kind is `gauge` or `counter`."""

    name: str
    kind: str
    about: str
    samples: list[tuple[dict[str, str], float]] = field(default_factory=list)

    def add(self, value: float | int | None, **labels: str) -> None:
        """Take a number in; None says that there is none, and leaves no line."""
        if value is not None:
            self.samples.append((labels, value))


def render(metrics: Iterable[Metric]) -> str:
    r"""Write metrics down; one without a sample is left out.

    >>> lag = Metric("lag_seconds", "gauge", "How far behind.")
    >>> lag.add(1.5, broker='Hall "A"\n')
    >>> print(render([lag]), end="")
    # HELP lag_seconds How far behind.
    # TYPE lag_seconds gauge
    lag_seconds{broker="Hall \"A\"\n"} 1.5
    """
    return "".join(_render(metric) for metric in metrics if metric.samples)


def _render(metric: Metric) -> str:
    about = metric.about.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {metric.name} {about}", f"# TYPE {metric.name} {metric.kind}"]
    lines += [
        f"{metric.name}{_render_labels(labels)} {_number(value)}"
        for labels, value in metric.samples
    ]
    return "\n".join(lines) + "\n"


def _render_labels(labels: dict[str, str]) -> str:
    pairs = (f'{name}="{escape(text)}"' for name, text in labels.items())
    return f"{{{','.join(pairs)}}}" if labels else ""


def escape(text: str) -> str:
    r"""Make a text safe between quotes: nobody's name starts a line or a label of its own.

    >>> print(escape('a"} 1\nb{c="\\'))
    a\"} 1\nb{c=\"\\
    """
    text = text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _number(value: float | int) -> str:
    """A number as Go reads it.

    >>> [_number(value) for value in (3, 0.25, float("inf"), True)]
    ['3', '0.25', '+Inf', '1']
    """
    if isinstance(value, float) and math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
