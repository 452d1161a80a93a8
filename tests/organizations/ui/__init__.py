"""Window tests of organizations/ui."""
