"""Tests of the sample data room."""
