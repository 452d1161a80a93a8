"""``python -m datazoom_desktop``: the command line. A frozen build also becomes its own worker processes here."""

from __future__ import annotations

import sys


def main() -> int:
    """Be what the first argument asks for: a worker, the language model's process, or the command line."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    if first == "--worker":
        from datazoom_desktop.jobs.child import main as worker

        worker()
    if first == "--llama-child":
        from datazoom_desktop.engines.llama_child import main as llama

        return llama()
    from datazoom_desktop.app.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
