"""The plainest pipelines of well-known libraries over a folder of PDF and text files, for ``bench_rivals`` to compare with.

Each program runs in an environment of its own (``requirements.txt``), is given the folder and the model's folder, takes the whole
folder in so that all of its text can be searched, and prints one JSON line: ``pages``, ``chunks``, ``chars`` (of all chunks),
``seconds`` (from looking into the folder to searchable and saved, imports and the loading of the model left out).
"""
