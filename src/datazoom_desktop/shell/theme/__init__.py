"""The look, as data: tokens by role for both themes, the arithmetic of contrast, the style sheet made from them.

``tokens`` and ``contrast`` know no Qt. No other module names a colour, a size of type or a radius.
"""
