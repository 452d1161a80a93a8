"""Tests of chat/evaluations."""
