"""Search's part of the window: one field, every exact place or the ranked passages, and the document open beside them.

Pages show what the services hand out and never look into documents themselves.
"""
