"""The shipped model by cn_clip: mini_expected.py <root of the repository>.

Writes models/mini/expected.safetensors, which `tuwen model check mini` compares with: unit vectors of the pictures in
examples/pictures and of their names, with the SHA-256 of the model's files. To be run when the model was made anew.
"""
import hashlib
import json
import sys
from pathlib import Path

import torch
import torchvision_alone
import cn_clip.clip as cn_clip
from engine_cn_clip import unit
from PIL import Image
from prepare import cn_clip_model
from safetensors.torch import load_file, save_file

root = Path(sys.argv[1])
source = root / "models/mini/model"
keys = json.loads((source / "config.json").read_text(encoding="utf-8"))
model = cn_clip_model(load_file(source / "model.safetensors"), keys)
transform = cn_clip.image_transform(keys["image_resolution"])
pictures = sorted((root / "examples/pictures").glob("*.png"))
names = [picture.stem for picture in pictures]
with torch.no_grad():
    image = unit(model.encode_image(torch.stack([transform(Image.open(picture)) for picture in pictures])))
    text = unit(model.encode_text(cn_clip.tokenize(names)))
hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(source.iterdir())}
metadata = {
    "names": json.dumps(names, ensure_ascii=False),
    "sha256": json.dumps(hashes),
}
tensors = {"image": image.contiguous(), "text": text.contiguous()}
save_file(tensors, root / "models/mini/expected.safetensors", metadata)
