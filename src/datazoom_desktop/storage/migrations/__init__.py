"""The numbered SQL files a room's database is built from; an applied file never changes."""
