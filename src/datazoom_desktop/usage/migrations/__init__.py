"""The numbered SQL files that an organization's ledger is built from; an applied file never changes."""
