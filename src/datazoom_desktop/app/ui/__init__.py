"""The window's composition root: builds the pages of every feature into the shell's frame and wires them to an open room.

The only Qt code that knows several features at once. It holds no rules: what a page shows is the page's business.
"""
