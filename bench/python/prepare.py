"""The model in the form each peer reads: prepare.py <folder in our layout> <folder for the peers' forms>.

Writes `cn-clip.pt`, `hf/` (through `save_pretrained`) and `openvino/`, once.
"""
import json
import sys
from pathlib import Path

import torch
import torchvision_alone
from cn_clip.clip.model import CLIP
from safetensors.torch import load_file
from transformers import (
    BertTokenizerFast,
    ChineseCLIPConfig,
    ChineseCLIPImageProcessor,
    ChineseCLIPModel,
    ChineseCLIPProcessor,
)

BLOCK = {
    "attn.out_proj": "self_attn.out_proj",
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
VISUAL = {
    "class_embedding": "vision_model.embeddings.class_embedding",
    "positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "ln_pre.weight": "vision_model.pre_layrnorm.weight",
    "ln_pre.bias": "vision_model.pre_layrnorm.bias",
    "ln_post.weight": "vision_model.post_layernorm.weight",
    "ln_post.bias": "vision_model.post_layernorm.bias",
}


def cn_clip_model(state, keys):
    """cn_clip's model in fp32, without the rounding to halves of `load_from_name`."""
    known = CLIP.__init__.__code__.co_varnames
    model = CLIP(**{key: value for key, value in keys.items() if key in known})
    model.load_state_dict(state)
    return model.eval()


def hf_state(state):
    """The tensors under transformers' names."""
    result = {}
    for name, tensor in state.items():
        if name.startswith("bert."):
            result[name.replace("bert.", "text_model.", 1)] = tensor
        elif name in ("text_projection", "visual.proj"):
            target = "text_projection" if name == "text_projection" else "visual_projection"
            result[f"{target}.weight"] = tensor.T.contiguous()
        elif name.startswith("visual.transformer.resblocks."):
            _, _, _, layer, rest = name.split(".", 4)
            result.update(hf_block(f"vision_model.encoder.layers.{layer}", rest, tensor))
        elif name.startswith("visual."):
            result[VISUAL[name.removeprefix("visual.")]] = tensor
        else:
            result[name] = tensor
    return result


def hf_block(prefix, rest, tensor):
    if rest.startswith("attn.in_proj_"):
        leaf = rest.removeprefix("attn.in_proj_")
        parts = zip("qkv", tensor.chunk(3))
        return {f"{prefix}.self_attn.{part}_proj.{leaf}": rows.clone() for part, rows in parts}
    stem, leaf = rest.rsplit(".", 1)
    return {f"{prefix}.{BLOCK[stem]}.{leaf}": tensor}


def hf_model(state, keys):
    text = {key.removeprefix("text_"): value for key, value in keys.items() if key.startswith("text_")}
    vision = {
        "hidden_size": keys["vision_width"],
        "intermediate_size": 4 * keys["vision_width"],
        "num_hidden_layers": keys["vision_layers"],
        "num_attention_heads": keys["vision_width"] // keys["vision_head_width"],
        "image_size": keys["image_resolution"],
        "patch_size": keys["vision_patch_size"],
    }
    config = ChineseCLIPConfig(
        text_config={**text, "vocab_size": keys["vocab_size"]},
        vision_config=vision,
        projection_dim=keys["embed_dim"],
    )
    model = ChineseCLIPModel(config)
    model.load_state_dict(hf_state(state))
    return model.eval()


def save_hf(model, vocabulary, folder):
    size = {"height": model.config.vision_config.image_size, "width": model.config.vision_config.image_size}
    pixels = ChineseCLIPImageProcessor(size=size, do_center_crop=False)
    model.save_pretrained(folder)
    ChineseCLIPProcessor(pixels, BertTokenizerFast(str(vocabulary))).save_pretrained(folder)


def main(source, target):
    keys = json.loads((source / "config.json").read_text(encoding="utf-8"))
    state = load_file(source / "model.safetensors")
    target.mkdir(parents=True, exist_ok=True)
    cn_clip_model(state, keys)  # Refuses a state dict that is not cn_clip's.
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in state.items()}}, target / "cn-clip.pt")
    model = hf_model(state, keys)
    save_hf(model, source / "vocab.txt", target / "hf")
    from export_openvino import export

    export(model, target / "openvino")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
