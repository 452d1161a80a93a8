"""A coverage-guided fuzzer for the readers: ``python -m tests.fuzz [READER ...] --seconds N`` (``make fuzz``).

Seeds are the files that the tests of intake make for themselves, caught while those tests run (``harvest``). Each reader is fuzzed in a
child process (``child``), so that a crash of a native library is a finding like any other; inputs are changed where it pays, inside
packages and behind sums (``mutate``), and what a reader makes of them is held against the rules (``target``). Not collected by pytest.
"""
