"""The command line's verbs, one module a feature: each parses its words, calls a service, prints what came back."""
