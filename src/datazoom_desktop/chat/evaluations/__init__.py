"""Evaluations of a room: sets of questions with known answers, put to it, kept, and compared with the time before.

A run keeps its set's text, so that it can be put again, and each outcome as soon as it is there: a run that is cut off has lost
nothing but the question it was at. How an answer is judged is ``chat.evaluation``.
"""
