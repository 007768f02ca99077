"""Let `python -m widthwise` be the `widthwise` command."""

from widthwise.cli import run

if __name__ == "__main__":
    run()
