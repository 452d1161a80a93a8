"""Window tests of app/ui."""
