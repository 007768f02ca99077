"""The options of every command that runs trials, each declared once."""

from typing import Annotated

import typer

__all__ = [
    "Cluster",
    "Memory",
    "Quiet",
    "RetryFailures",
    "Threads",
    "Timeout",
    "Workers",
]

Workers = Annotated[
    int | None,
    typer.Option(
        help="Processes at one time. By default one for each core that may be used.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="A Dask scheduler, tcp://host:port, or local:N for a Dask cluster of N "
        "workers here.",
    ),
]
Timeout = Annotated[
    float | None, typer.Option(help="Seconds after which a trial is ended.")
]
Memory = Annotated[
    float | None, typer.Option(help="GiB beyond which a trial's process is ended.")
]
Threads = Annotated[
    int | None,
    typer.Option(help="Threads of BLAS, OpenMP and torch in each trial. By default 1."),
]
RetryFailures = Annotated[
    bool, typer.Option("--retry-failures", help="Try again what failed before.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
