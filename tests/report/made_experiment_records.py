"""Records of experiments with charts of every kind, and hostile ones."""

import math
from typing import Any

from made_records import HOSTILE, LONG

from widthwise.records import Record

_ACTIVATIONS = ("relu", "swish", "wendland0", "tanh")
_DATA = ("prostate", "sphere of 10 dimensions", "CIFAR-10", "half circle", "digits")
_WIDTHS = (100, 200, 500, 1000, 2000, 5000, 10000, 20000)


def experiment(**changes: Any) -> Record:
    """Return a study of conditioning with a chart of every kind; `changes` replace."""
    content: dict[str, Any] = {
        "kind": "experiment",
        "schema": 1,
        "widthwise": "0.1.0",
        "created": "2026-01-02T03:04:05+00:00",
        "environment": {
            "python": "3.12.1",
            "platform": "Linux",
            "cores": 2,
            "packages": {"widthwise": "0.1.0", "torch": "2.13.0", "numpy": "2.4.6"},
        },
        "name": "benson_conditioning",
        "version": 1,
        "title": "How the condition number depends on the width",
        "question": "Does κ(G) settle at the level of infinite width, and how soon?",
        "source": "Benson, Damle and Townsend (2020), arXiv:2010.15959",
        "where": "Section 4, Figure 1",
        "quick": False,
        "seed": 7,
        "settings": {
            "activations": list(_ACTIVATIONS),
            "widths": list(_WIDTHS),
            "trials": 100,
            "failure_probability": 0.01,
            "law": "sphere",
        },
        "assumptions": ["The paper’s 100 points are read as uniform on the sphere."],
        "findings": findings(),
        "tables": tables(),
        "charts": charts(),
        "notes": ["tanh, width 100: 3 of 100 Gram matrices are singular."],
        "command": "widthwise reproduce benson2020 figure-1 --out out",
        "seconds": 754.2,
    }
    return Record({**content, **changes})


def findings() -> list[dict[str, Any]]:
    """Return one finding of each verdict, the number and the interval in words."""
    said = (
        (
            "settles",
            "holds",
            "Median ratio 1.02 (95 % interval 0.97 to 1.08).",
            "paper",
        ),
        ("smooth_is_worse", "fails", "tanh, swish and elu at 20000.", "paper"),
        ("small_width", "not decided", "The interval 0.4 to 1.9 straddles 1.", "paper"),
        ("relu_is_best", "holds", "relu is ahead in 40 of 40 comparisons.", "ours"),
    )
    return [
        {
            "name": name,
            "statement": f"What the paper says of {name.replace('_', ' ')}.",
            "where": "Section 4",
            "measured": "κ(G) at the largest width over that of G_inf",
            "refuted_by": "a median ratio outside [0.9, 1.1]",
            "verdict": verdict,
            "evidence": evidence,
            "origin": origin,
            "cut_off": "a factor of two" if name == "small_width" else "",
        }
        for name, verdict, evidence, origin in said
    ]


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return tables whose numbers follow simple laws."""
    return {
        "conditioning": [
            _row(data, activation, width)
            for data in _DATA
            for activation in _ACTIVATIONS
            for width in _WIDTHS
        ],
        "descent": [
            {"step": step, "activation": name, "residual": math.exp(-rate * step)}
            for name, rate in (("relu", 0.02), ("swish", 0.003), ("tanh", 0.0004))
            for step in range(0, 500, 5)
        ],
        "phases": [
            {
                "n": n,
                "width": width,
                "trained": trained,
                "share": 1 / (1 + (n / (width * gain)) ** 4),
            }
            for trained, gain in (("inner", 20.0), ("outer", 2.0))
            for n in range(50, 450, 50)
            for width in (4, 8, 16, 32, 64, 128, 256)
        ],
        "growth": [
            {
                "run": f"{name}, width {width}, step {step:g}",
                "growth": 0.1 * place,
                "low": 0.1 * place - 0.08,
                "high": 0.1 * place + 0.12,
                "none": 0.0,
            }
            for place, (name, width, step) in enumerate(
                (name, width, step)
                for name in ("relu", "tanh")
                for width in (600, 1000)
                for step in (0.1, 1.0)
            )
        ],
    }


def _row(data: str, activation: str, width: int) -> dict[str, Any]:
    limit = 10.0 ** (2 + 2 * _ACTIVATIONS.index(activation) + _DATA.index(data) / 3)
    median = limit * (1 + 400 / width)
    is_singular = activation == "tanh" and width == 100
    return {
        "data": data,
        "activation": activation,
        "width": width,
        "median": math.inf if is_singular else median,
        "low": median / 2,
        "high": None if is_singular else median * 2,
        "limit": limit,
    }


def charts() -> list[dict[str, Any]]:
    """Return a chart of each kind, in panels and alone."""
    return [
        chart(
            name="figure_1",
            title="κ(G) falls to its limit as the width grows",
            table="conditioning",
            x="width",
            y="median",
            by="activation",
            panels="data",
            low="low",
            high="high",
            reference="limit",
            log="xy",
            x_label="width m (hidden units)",
            y_label="condition number κ(G)",
            caption="Medians over 100 trials; the band is the middle 90 %.",
            figure="Figure 1",
        ),
        chart(
            name="prostate",
            title="The first data set alone",
            table="conditioning",
            x="width",
            y="median",
            by="activation",
            only={"data": "prostate"},
            low="low",
            high="high",
            log="xy",
        ),
        chart(
            name="descent",
            title="Residual along gradient descent",
            table="descent",
            x="step",
            y="residual",
            by="activation",
            log="y",
            x_label="steps k",
            y_label="‖Φv − y‖ / ‖y‖",
        ),
        chart(
            name="phases",
            title="Where training fits random labels",
            table="phases",
            kind="heat map",
            x="n",
            y="width",
            z="share",
            z_label="share of runs that fit",
            z_range=[0.0, 1.0],
            panels="trained",
            x_label="points n",
            y_label="width k",
        ),
        chart(
            name="growth",
            title="By how many powers of ten κ(G) grew",
            table="growth",
            kind="points",
            x="run",
            y="growth",
            low="low",
            high="high",
            reference="none",
            x_label="what was trained",
            y_label="log₁₀ of κ(G) at the end over the start",
        ),
    ]


def chart(**parts: Any) -> dict[str, Any]:
    """Return a chart with every key, as the experiments write it."""
    return {
        "name": "chart",
        "title": "A chart",
        "kind": "lines",
        "by": None,
        "panels": None,
        "only": {},
        "low": None,
        "high": None,
        "reference": None,
        "z": None,
        "z_label": "",
        "z_range": None,
        "log": "",
        "x_label": "",
        "y_label": "",
        "caption": "",
        **parts,
    }


def hostile() -> Record:
    """Return a record whose words and numbers try everything."""
    rows = [
        {
            "x": [1, 10, math.nan, math.inf, 0, -5, None, "word", True][place % 9],
            "n": place,
            "y": [1.0, math.nan, -math.inf, None, 0, -1e-300, 1e300][place % 7],
            "who": f"{HOSTILE} {place % 50} {LONG}",
            "which": ["<b>$x$", "\\frac{1}", "{{ 7*7 }}", "[bold]", "名前\u202e"][
                place % 5
            ],
            HOSTILE: [place, "=1+1", {"nested": [HOSTILE]}, [1, "2"]][place % 4],
        }
        for place in range(150)
    ]
    drawn = {"table": HOSTILE, "x": "n", "y": "y", "title": f"{HOSTILE} $\\alpha$"}
    return experiment(
        title=HOSTILE,
        question=f"<img src=x onerror=alert(2)> {LONG}",
        source=LONG,
        where=HOSTILE,
        settings={HOSTILE: HOSTILE, "long": list(range(500)), "none": None},
        assumptions=[HOSTILE, LONG],
        findings=[
            {key: f"{HOSTILE} {LONG}" for key in each}
            | {"verdict": verdict, "name": HOSTILE}
            for each, verdict in zip(
                findings(), ("holds", "proved", HOSTILE, "fails"), strict=True
            )
        ],
        tables={
            HOSTILE: rows,
            "../../etc/passwd": rows[:1],
            "empty": [],
            "one": [{"a": 1, "b": 2.0}],
        },
        charts=[
            chart(**drawn, name="../../out", by="who", panels="which"),
            chart(**drawn, name="../../out", kind="points", log="xy", by="which"),
            chart(**drawn | {"x": "x"}, kind="points", caption=HOSTILE),
            chart(**drawn | {"x": "which", "y": "n"}, y_label=LONG, x_label=HOSTILE),
            chart(
                **drawn | {"x": "which", "y": "who"},
                kind="heat map",
                z="n",
                z_label=LONG,
            ),
            chart(table="one", x="a", y="b", title="One row"),
            chart(table="one", x="a", y="b", log="xy", low="a", high="b"),
            chart(table="one", x="a", y="a", z="b", kind="heat map"),
            chart(table="empty", x="a", y="b", title="No rows"),
            chart(table="one", x="a", y="zzz", title="No such column"),
            chart(table="gone", x="a", y="b", title="No such table"),
            chart(table="one", x="a", y="b", only={"a": 5}, title="None left"),
            chart(table="one", x="a", y="b", kind="violin", title="Later kind"),
            chart(**drawn | {"y": "which"}),
            {"unheard": "of"},
            {},
        ],
        notes=[HOSTILE],
        command=f"widthwise reproduce '{HOSTILE}'",
        seconds=None,
        quick=True,
    )


def old() -> Record:
    """Return a record from before charts, versions, commands and times were kept."""
    content = dict(experiment().content)
    for key in ("charts", "version", "command", "seconds"):
        del content[key]
    return Record(content)
