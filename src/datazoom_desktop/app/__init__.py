"""The composition root: the only place that knows every room of the house.

``workspace`` opens one room and builds its services; ``features`` names the parts that the two faces, the command line (``cli``) and
the window (``gui``), are made of. Rules live in the rooms, never here.
"""
