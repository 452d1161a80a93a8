"""Tests of search's part of the window."""
