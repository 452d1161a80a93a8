"""LlamaIndex: its directory reader (pypdf), its sentence splitter within the model's window, its vector index saved to disk."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

TOKENS, SHARED = 200, 20  #: of the splitter's own counting; the model reads 256 word pieces


def main(folder: Path, model: str) -> None:
    """Take the folder in and print the figures."""
    embedder = HuggingFaceEmbedding(model_name=model, device="cpu", embed_batch_size=32)
    embedder.get_text_embedding("The model is loaded before the clock starts.")
    Settings.embed_model = embedder
    Settings.llm = None
    splitter = SentenceSplitter(chunk_size=TOKENS, chunk_overlap=SHARED)
    with tempfile.TemporaryDirectory() as kept:
        began = time.perf_counter()
        documents = SimpleDirectoryReader(str(folder), recursive=True).load_data()
        nodes = splitter.get_nodes_from_documents(documents)
        index = VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults())
        index.storage_context.persist(kept)
        seconds = time.perf_counter() - began
    assert index.as_retriever(similarity_top_k=1).retrieve("termination for convenience"), "nothing can be found"
    chars = sum(len(node.get_content()) for node in nodes)
    print(json.dumps({"pages": len(documents), "chunks": len(nodes), "chars": chars, "seconds": round(seconds, 1)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
