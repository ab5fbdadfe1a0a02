"""faiss on the vectors of bench/search.ts: HNSW with the same numbers of links and candidates, one query at a time."""

import json
import os
import resource
import sys
import time

import faiss
import numpy as np

folder = sys.argv[1]
DIM = 512
vectors = np.fromfile(os.path.join(folder, "vectors.f32"), dtype=np.float32).reshape(-1, DIM)
queries = np.fromfile(os.path.join(folder, "queries.f32"), dtype=np.float32).reshape(-1, DIM)
with open(os.path.join(folder, "nearest.json")) as file:
    nearest = json.load(file)

index = faiss.IndexHNSWFlat(DIM, 16, faiss.METRIC_INNER_PRODUCT)
index.hnsw.efConstruction = 128
index.hnsw.efSearch = 128
began = time.perf_counter()
index.add(vectors)
building = time.perf_counter() - began

times, found = [], 0
for query, wanted in zip(queries, nearest):
    began = time.perf_counter()
    _, places = index.search(query[None], 10)
    times.append(1000 * (time.perf_counter() - began))
    found += len(set(places[0].tolist()) & set(wanted))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"faiss {faiss.__version__}: index in {building:.0f} s; query {np.median(times):.2f} ms; "
      f"recall@10 {found / (10 * len(queries))}; at most {memory} MB of memory")
