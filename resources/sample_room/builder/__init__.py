"""The workshop behind the sample data room.

One fictional deal (the sale of Halyard Robotics, Inc. to Meridian Marine Holdings plc) is written out in `content/` as light
markup and in `sheets.py`, `deck.py` and `mail.py` as figures; `register.py` says which document each text becomes; the writers
turn it into PDF, Word, Excel, PowerPoint, mail, web and plain files. `facts.py` finds every marked quote on its page and writes
the questions that the room is used to check.

Invariants: the same sources and library versions give the same bytes; nothing reads the clock, the network or a random source
without a fixed seed; a quote that is not on exactly the page it claims stops the build.

It never reads what the product extracts: the pages are read here with the plain libraries, so that the facts can judge the product.
"""
