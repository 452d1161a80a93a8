"""DataZoom Desktop: a data room for due diligence that lives on its user's own machine.

The package is a house of rooms, one per concept (see each sub-package's own prose). ``app`` is the
composition root and the only place that knows every room; ``kernel`` holds the words that all share.
"""

__version__ = "0.1.0"
