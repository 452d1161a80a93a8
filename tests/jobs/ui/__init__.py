"""Window tests of documents/ui."""
