"""Tests: one folder a package, plus architecture, journeys, faults, benchmarks."""
