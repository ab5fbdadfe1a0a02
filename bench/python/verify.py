"""What the reference implementations make of files that Tuwen wrote: verify.py <folder>. Ends with 1 at any difference."""
import json
import sys
from pathlib import Path

import torch
import torchvision_alone
from prepare import cn_clip_model, hf_state
from safetensors.torch import load_file
from transformers import ChineseCLIPModel, ChineseCLIPProcessor

LIMIT = 1e-5
root = Path(sys.argv[1])
failures = []


def report(line, difference=None, ok=True):
    ok = ok and (difference is None or difference < LIMIT)
    print(f"{'ok  ' if ok else 'FAIL'} {line}" + ("" if difference is None else f": {difference:.1e}"), flush=True)
    if not ok:
        failures.append(line)


def same(line, got, expected):
    """Tensors, their order aside: names, types, shapes and bits."""
    wrong = [f"{name} missing or unexpected" for name in got.keys() ^ expected.keys()]
    for name in got.keys() & expected.keys():
        a, b = got[name], expected[name]
        if a.dtype != b.dtype or a.shape != b.shape or a.contiguous().numpy().tobytes() != b.contiguous().numpy().tobytes():
            wrong.append(name)
    report(f"{line}: {len(expected)} tensors bit for bit {wrong[:3] or ''}", ok=not wrong)


def plain(state):
    """cn_clip's own rule: `module.` goes where the first name has it."""
    if next(iter(state)).startswith("module."):
        state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    return dict(state)


def unit(features):
    return features / features.norm(dim=-1, keepdim=True)


def compare(line, image, text, expected, kind="stored"):
    for tower, features in (("image", image), ("text", text)):
        difference = (unit(features) - unit(expected[f"{kind}.{tower}"])).abs().max().item()
        report(f"{line}: {tower} vectors, weights as {kind}", difference)


def state_of(source):
    """The source's tensors by cn_clip's names, as torch or safetensors read them."""
    path = Path(source)
    if path.suffix == ".pt":
        return plain(torch.load(path, weights_only=True)["state_dict"])
    state = load_file(path / "model.safetensors")
    return from_hf(state) if "vision_model.embeddings.class_embedding" in state else state


def from_hf(state):
    """The inverse of `hf_state`, through it: cn_clip's names of tensors whose transformers names are known."""
    layers = 1 + max(int(name.split(".")[3]) for name in state if name.startswith("vision_model.encoder.layers."))
    result = {}
    for name, tensor in state.items():
        if name.startswith("text_model."):
            result["bert." + name.removeprefix("text_model.")] = tensor
    result["logit_scale"] = state["logit_scale"]
    result["text_projection"] = state["text_projection.weight"].T.contiguous()
    result["visual.proj"] = state["visual_projection.weight"].T.contiguous()
    vision = {
        "class_embedding": "embeddings.class_embedding",
        "positional_embedding": "embeddings.position_embedding.weight",
        "conv1.weight": "embeddings.patch_embedding.weight",
    }
    for leaf in ("weight", "bias"):
        vision[f"ln_pre.{leaf}"] = f"pre_layrnorm.{leaf}"
        vision[f"ln_post.{leaf}"] = f"post_layernorm.{leaf}"
    for ours, theirs in vision.items():
        result[f"visual.{ours}"] = state[f"vision_model.{theirs}"]
    for i in range(layers):
        block, layer = f"visual.transformer.resblocks.{i}", f"vision_model.encoder.layers.{i}"
        for leaf in ("weight", "bias"):
            parts = [state[f"{layer}.self_attn.{part}_proj.{leaf}"] for part in "qkv"]
            result[f"{block}.attn.in_proj_{leaf}"] = torch.cat(parts)
            for ours, theirs in (("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2")):
                result[f"{block}.{ours}.{leaf}"] = state[f"{layer}.{theirs}.{leaf}"]
    return result


def verify_cn_clip(name, folder, source, keys, expected):
    checkpoint = torch.load(folder / "cn_clip.pt", weights_only=True)
    report(f"{name} cn_clip: {{epoch, step, name, state_dict}}", ok=list(checkpoint)[:3] == ["epoch", "step", "name"])
    report(f"{name} cn_clip: names begin with module.", ok=all(key.startswith("module.") for key in checkpoint["state_dict"]))
    state = plain(checkpoint["state_dict"])
    if name.startswith("tiny-cn"):
        report(f"{name} cn_clip: in cn_clip's order", ok=list(state) == list(source))
    same(f"{name} cn_clip", state, source)
    model = cn_clip_model(state, keys)
    with torch.no_grad():
        compare(f"{name} cn_clip", model.encode_image(expected["pixel_values"]), model.encode_text(expected["input_ids"]), expected)
    lazily = torch.load(folder / "cn_clip.pt", weights_only=True, mmap=True)
    same(f"{name} cn_clip, mapped by torch", plain(lazily["state_dict"]), source)
    if name == "vit-b-16":
        import cn_clip.clip as clip

        model, _ = clip.load_from_name(str(folder / "cn_clip.pt"), device="cpu", vision_model_name="ViT-B-16", text_model_name="RoBERTa-wwm-ext-base-chinese", input_resolution=224)
        model.eval()
        with torch.no_grad():
            compare(f"{name} load_from_name", model.encode_image(expected["pixel_values"]), model.encode_text(expected["input_ids"]), expected, "rounded")


def verify_hf(name, folder, source, expected):
    same(f"{name} hf", load_file(folder / "hf/model.safetensors"), hf_state(source))
    model, info = ChineseCLIPModel.from_pretrained(folder / "hf", output_loading_info=True, attn_implementation="eager", dtype=torch.float32)
    wrong = [info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs") if info[key]]
    report(f"{name} hf: nothing missing or unexpected {wrong or ''}", ok=not wrong)
    processor = ChineseCLIPProcessor.from_pretrained(folder / "hf")
    report(f"{name} hf: the processor loads", ok=processor.tokenizer("中国").input_ids[0] == 101)
    model.eval()
    ids = expected["input_ids"]
    with torch.no_grad():
        image = model.get_image_features(pixel_values=expected["pixel_values"])
        text = model.text_projection(model.text_model(input_ids=ids, attention_mask=(ids != 0).long())[0][:, 0])
        compare(f"{name} hf", image, text, expected)


def verify_modelscope(name, folder, source, expected):
    """ModelScope's rule: both configurations merged, prefixes off, a strict load into a BERT that has a pooler."""
    scope = folder / "modelscope"
    kind = json.loads((scope / "configuration.json").read_text())
    report(f"{name} modelscope: configuration.json", ok=kind["framework"] == "pytorch" and kind["task"] == kind["pipeline"]["type"] == "multi-modal-embedding" and kind["model"]["type"] == "clip-multi-modal-embedding")
    keys = json.loads((scope / "vision_model_config.json").read_text()) | json.loads((scope / "text_model_config.json").read_text())
    checkpoint = torch.load(scope / "pytorch_model.bin", map_location="cpu")
    state = plain(checkpoint["state_dict"] if "state_dict" in checkpoint else checkpoint)
    hidden = keys["text_hidden_size"]
    pooler = {key: state.pop(key, None) for key in ("bert.pooler.dense.weight", "bert.pooler.dense.bias")}
    shapes = [None if tensor is None else tuple(tensor.shape) for tensor in pooler.values()]
    report(f"{name} modelscope: a pooler of zeros", ok=shapes == [(hidden, hidden), (hidden,)] and not any(tensor.any() for tensor in pooler.values()))
    same(f"{name} modelscope", state, source)
    model = cn_clip_model(state, keys)
    with torch.no_grad():
        compare(f"{name} modelscope", model.encode_image(expected["pixel_values"]), model.encode_text(expected["input_ids"]), expected)


def verify_training(folder):
    """torch goes on from our checkpoint, and writes one of its own as cn_clip's trainer does, with what came next."""
    told = json.loads((folder / "ours.json").read_text())
    batches = load_file(folder / "batches.safetensors")
    checkpoint = torch.load(folder / "ours.pt", weights_only=True)
    model = cn_clip_model(plain(checkpoint["state_dict"]), json.loads((folder / "cn_clip.json").read_text()))
    named = list(model.named_parameters())
    fixed = [value for name, value in named if any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
    others = [value for name, value in named if not any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
    groups = [{"params": fixed, "weight_decay": 0.0}, {"params": others, "weight_decay": told["wd"]}]
    optimizer = torch.optim.AdamW(groups, lr=told["lr"], betas=(told["beta1"], told["beta2"]), eps=told["eps"])
    optimizer.load_state_dict(checkpoint["optimizer"])

    def step(i):
        for group in optimizer.param_groups:
            group["lr"] = told["lr"]
        image, text, scale = model(batches[f"pixels.{i}"], batches[f"ids.{i}"])
        logits = scale * image @ text.T
        own = torch.arange(len(image))
        loss = (torch.nn.functional.cross_entropy(logits, own) + torch.nn.functional.cross_entropy(logits.T, own)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, 4.6052)
        return loss.item()

    after = told["after"]
    losses = [step(i) for i in range(after)]
    worst = max(abs(a - b) for a, b in zip(losses, told["losses"], strict=True))
    report(f"training: torch goes on from us, losses {worst:.1e}", ok=worst < 1e-4)
    state = {f"module.{name}": value.clone() for name, value in model.state_dict().items()}
    stored = {"epoch": 1, "step": checkpoint["step"] + after, "name": "run", "state_dict": state}
    extra = {key: value for key, value in checkpoint.items() if key.startswith("tuwen.")}
    torch.save({**stored, **extra, "optimizer": optimizer.state_dict()}, folder / "torch.pt")
    (folder / "torch.json").write_text(json.dumps({"losses": [step(after + i) for i in range(after)]}))


def verify_adapter(folder):
    """PEFT loads our adapter beside transformers' model."""
    from peft import PeftModel

    adapter = folder / "run/checkpoints/adapter"
    base = json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
    model = ChineseCLIPModel.from_pretrained(base, attn_implementation="eager", dtype=torch.float32)
    expected = load_file(folder / "expected.safetensors")
    ids = expected["input_ids"]

    def vectors():
        with torch.no_grad():
            image = model.get_image_features(pixel_values=expected["pixel_values"])
            return unit(image), unit(model.text_projection(model.text_model(input_ids=ids)[0][:, 0]))

    before = vectors()
    adapted = PeftModel.from_pretrained(model, adapter)
    model = adapted.merge_and_unload().eval()
    for tower, plain, features in zip(("image", "text"), before, vectors()):
        wanted = unit(expected[tower])
        report(f"adapter: PEFT's {tower} vectors", (features - wanted).abs().max().item())
        report(f"adapter: which are not the model's own ({(plain - wanted).abs().max():.1e})", ok=(plain - wanted).abs().max() > 1e-3)


for name, source in json.loads((root / "sources.json").read_text()).items():
    folder = root / name
    state = state_of(source)
    keys = json.loads((folder / "cn_clip.json").read_text())
    expected = load_file(folder / "expected.safetensors")
    verify_cn_clip(name, folder, state, keys, expected)
    same(f"{name} tuwen", load_file(folder / "tuwen/model.safetensors"), state)
    if (folder / "hf").exists():
        verify_hf(name, folder, state, expected)
        verify_modelscope(name, folder, state, expected)

verify_training(root / "training")
verify_adapter(root / "adapter")
print(f"{len(failures)} failures" if failures else "all as the reference has it")
sys.exit(1 if failures else 0)
