"""The window's page of rooms: list, create, open, remove with undo, bring back. Talks to ``organizations.register`` only."""
