"""Window tests of chat/ui."""
