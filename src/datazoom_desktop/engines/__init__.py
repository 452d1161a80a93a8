"""The true seams: what turns text into vectors, answers in words, or reads pictures, each behind a Protocol with its adapters.

``embed`` is the Protocol of the embedder; ``onnx_embedder`` is the one that ships, complete with its weights, and
``st_embedder`` runs the same model through sentence-transformers where a graphics card is worth an extra install;
``embedders`` finds those that are on this machine by their ids. ``llm``
is the Protocol of a language model and its one authoritative state; ``llama_server`` runs llama.cpp in a child process,
``openai_client`` speaks to it and to any other server alike. ``choice`` says which of them serves a purpose, and why;
``address`` which addresses may be asked at all; ``router`` keeps what was chosen. ``catalogue``,
``model_store`` and ``download`` know the models there are, those that are here, and how one gets here. ``ocr`` is the
Protocol of text recognition. ``device`` says what the machine has.

Invariants: an adapter loads nothing until it is used, and says in a Problem what is missing or damaged; weights are
verified by their hash before they are run; the same text gives the same vector, whatever it was sent with; two adapters
with one ``model_id`` give vectors that may be compared.

What this package never does: open a socket other than to a server that the organization allows or to fetch a model that
the user asked for; read a user's files; know what a room, a document or a passage is.
"""
