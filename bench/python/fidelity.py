"""What the reference implementations compute: fidelity.py <folder in our layout> <peers' models> <inputs> <output>.

Unit vectors of the pictures and texts in `inputs` by cn_clip (fp32, weights not rounded) and by transformers (fp32,
eager attention, and once more in double precision), written as one safetensors file.
"""
import json
import sys
from pathlib import Path

import torch
import torchvision_alone
import cn_clip.clip as cn_clip
from engine_cn_clip import unit
from engine_transformers import text_features
from PIL import Image
from prepare import cn_clip_model
from safetensors.torch import load_file, save_file
from transformers import ChineseCLIPModel, ChineseCLIPProcessor

source, models, inputs, output = map(Path, sys.argv[1:5])
torch.set_num_threads(int(sys.argv[5]))
texts = json.loads((inputs / "texts.json").read_text(encoding="utf-8"))
names = json.loads((inputs / "pictures.json").read_text(encoding="utf-8"))
pictures = [Image.open(inputs / name) for name in names]
result = {}

with torch.no_grad():
    keys = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model = cn_clip_model(load_file(source / "model.safetensors"), keys)
    transform = cn_clip.image_transform(keys["image_resolution"])
    result["cn_clip.image"] = unit(model.encode_image(torch.stack([transform(picture) for picture in pictures])))
    result["cn_clip.text"] = unit(model.encode_text(cn_clip.tokenize(texts)))
    del model

    processor = ChineseCLIPProcessor.from_pretrained(models / "hf")
    model = ChineseCLIPModel.from_pretrained(models / "hf", attn_implementation="eager").eval()
    pixels = processor(images=pictures, return_tensors="pt")["pixel_values"]
    tokens = processor(text=texts, padding="max_length", max_length=52, truncation=True, return_tensors="pt")
    result["transformers.image"] = unit(model.get_image_features(pixels))
    result["transformers.text"] = unit(text_features(model, **tokens))
    model.double()
    result["double.image"] = unit(model.get_image_features(pixels.double())).float()
    result["double.text"] = unit(text_features(model, **tokens)).float()

save_file({name: tensor.contiguous() for name, tensor in result.items()}, output)
