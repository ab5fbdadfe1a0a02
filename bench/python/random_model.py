"""A full-size Chinese-CLIP with random weights, in every layout its authors publish, and what they compute with it:

random_model.py <published name> <folder> <vocab.txt> <inputs> <threads>

Writes `cn_clip-fp32/`, `cn_clip-fp16/`, `modelscope/` and `hf/` (not for a ResNet, which those two have no place for), and
`expected.safetensors`: unit vectors by cn_clip in fp32 (`fp32.`), by cn_clip with weights rounded to halves as
`load_from_name` does on a CPU (`rounded.`), and by transformers (`transformers.`).
"""
import json
import shutil
import sys
from pathlib import Path

import torch
import torchvision_alone
import cn_clip.clip as cn_clip
from cn_clip.clip.model import CLIP, convert_weights
from cn_clip.clip.utils import _MODEL_INFO
from engine_cn_clip import unit
from engine_transformers import text_features
from PIL import Image
from prepare import cn_clip_model, hf_model, save_hf
from safetensors.torch import save_file
from transformers import ChineseCLIPModel, ChineseCLIPProcessor

CONFIGS = Path(cn_clip.__file__).parent / "model_configs"
# Louder than a text tower begins with, so that the class token hears the other tokens and errors show.
TEXT_FACTOR = 3


def keys_of(name):
    vision, text = _MODEL_INFO[name]["struct"].split("@")
    keys = {}
    for part in (vision, text):
        keys.update(json.loads((CONFIGS / f"{part.replace('/', '-')}.json").read_text(encoding="utf-8")))
    if isinstance(keys["vision_layers"], str):
        keys["vision_layers"] = json.loads(keys["vision_layers"])
    return keys, vision, text


def random_model(keys):
    torch.manual_seed(20240705)
    known = CLIP.__init__.__code__.co_varnames
    model = CLIP(**{key: value for key, value in keys.items() if key in known}).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.startswith("bert.") and tensor.dim() == 2:
                tensor.mul_(TEXT_FACTOR)
            elif name.endswith("running_mean"):
                tensor.normal_(0, 0.1)
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif ".bn3.weight" in name:
                tensor.fill_(0.5)
        model.logit_scale.fill_(4.6052)
    return model


def vectors(model, transform, pictures, texts):
    with torch.no_grad():
        images = torch.cat([model.encode_image(transform(picture)[None]) for picture in pictures])
        return {"image": unit(images), "text": unit(model.encode_text(cn_clip.tokenize(texts)))}


def main(name, folder, vocabulary, inputs):
    texts = json.loads((inputs / "texts.json").read_text(encoding="utf-8"))
    names = json.loads((inputs / "pictures.json").read_text(encoding="utf-8"))
    pictures = [Image.open(inputs / each) for each in names]
    keys, vision, text = keys_of(name)
    model = random_model(keys)
    transform = cn_clip.image_transform(keys["image_resolution"])
    expected = {}

    def keep(prefix, found):
        expected.update({f"{prefix}.{tower}": tensor.contiguous() for tower, tensor in found.items()})

    def subfolder(part):
        target = folder / part
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(vocabulary, target / "vocab.txt")
        return target

    keep("fp32", vectors(model, transform, pictures, texts))
    state = model.state_dict()
    released = {"epoch": 7, "step": 40000, "name": name, "state_dict": {f"module.{key}": value for key, value in state.items()}}
    torch.save(released, subfolder("cn_clip-fp32") / f"clip_cn_{name.lower()}.pt")
    if not keys["vision_patch_size"] is None:
        write_modelscope(subfolder("modelscope"), state, keys)
        hf_keys = {"vision_head_width": 64, **keys}
        save_hf(hf_model(state, hf_keys), vocabulary, folder / "hf")
    del released, state

    convert_weights(model)
    halves = {f"module.{key}": value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    torch.save({"epoch": 7, "step": 40000, "name": name, "state_dict": halves}, subfolder("cn_clip-fp16") / f"clip_cn_{name.lower()}.pt")
    keep("rounded", vectors(model.float(), transform, pictures, texts))
    model.load_state_dict({key.removeprefix("module."): value.float() if value.is_floating_point() else value for key, value in halves.items()})
    keep("halves", vectors(model, transform, pictures, texts))
    del model, halves

    if (folder / "hf").exists():
        processor = ChineseCLIPProcessor.from_pretrained(folder / "hf")
        model = ChineseCLIPModel.from_pretrained(folder / "hf", attn_implementation="eager").eval()
        with torch.no_grad():
            pixels = [processor(images=[each], return_tensors="pt")["pixel_values"] for each in pictures]
            tokens = processor(text=texts, padding="max_length", max_length=52, truncation=True, return_tensors="pt")
            images = torch.cat([model.get_image_features(each) for each in pixels])
            keep("transformers", {"image": unit(images), "text": unit(text_features(model, **tokens))})
    save_file(expected, folder / "expected.safetensors")


def write_modelscope(target, state, keys):
    hidden = keys["text_hidden_size"]
    pooler = {"bert.pooler.dense.weight": torch.zeros(hidden, hidden), "bert.pooler.dense.bias": torch.zeros(hidden)}
    torch.save({f"clip_model.{key}": value for key, value in {**state, **pooler}.items()}, target / "pytorch_model.bin")
    split = {"vision": {}, "text": {}}
    for key, value in keys.items():
        split["vision" if key.startswith("vision_") or key in ("embed_dim", "image_resolution") else "text"][key] = value
    for part, values in split.items():
        (target / f"{part}_model_config.json").write_text(json.dumps(values), encoding="utf-8")
    task = "multi-modal-embedding"
    configuration = {"framework": "pytorch", "task": task, "pipeline": {"type": task}, "model": {"type": "clip-multi-modal-embedding"}}
    (target / "configuration.json").write_text(json.dumps(configuration), encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[5]))
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
