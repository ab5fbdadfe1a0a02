"""What Python's lmdb and the reference's dataset class find in a split: read_lmdb.py <LMDB split folder>. Prints JSON."""
import hashlib
import json
import pickle
import sys
from pathlib import Path
from types import ModuleType

import lmdb

# These two register compiled operators, which a CPU torch lacks and the dataset class never calls.
for name in ("_meta_registrations", "_autograd_registrations"):
    sys.modules[f"torchvision.{name}"] = ModuleType(name)
from cn_clip.training.data import LMDBDataset

split = Path(sys.argv[1])


def entries(name, read):
    with lmdb.open(str(split / name), readonly=True, lock=False, create=False) as environment:
        with environment.begin() as transaction:
            return [[key.decode(), read(key, value)] for key, value in transaction.cursor()]


def pair(key, value):
    return value.decode() if key == b"num_samples" else pickle.loads(value)


def picture(key, value):
    return value.decode() if key == b"num_images" else hashlib.sha256(value).hexdigest()


dataset = LMDBDataset(str(split), split="val", max_txt_length=52, use_augment=False, resolution=224)
samples = []
for image, ids, eos_index in (dataset[i] for i in range(dataset.number_samples)):
    samples.append([hashlib.sha256(image.numpy().tobytes()).hexdigest(), ids.tolist(), int(eos_index)])
print(json.dumps({"pairs": entries("pairs", pair), "imgs": entries("imgs", picture), "samples": samples}))
