"""Steps of fine-tuning in torch with the reference's model code, fp32:
fine_tune.py <folder in our layout> <threads> <batch> <parts> <checkpointing> <tokens>.

cn_clip's CLIP and its trainer's step: with parts, all are encoded without gradient first, then each again among the cached
features of the others. No dropout, as on our side.
"""
import json
import sys
import time
from pathlib import Path

import torch
import torchvision_alone
from prepare import cn_clip_model
from safetensors.torch import load_file
from serve import serve
from torch.nn.functional import cross_entropy

folder, threads, batch, parts, checkpointing, tokens = sys.argv[1:]
torch.set_num_threads(int(threads))
batch, parts, tokens = int(batch), int(parts), int(tokens)
keys = json.loads((Path(folder) / "config.json").read_text())
keys |= {"text_hidden_dropout_prob": 0.0, "text_attention_probs_dropout_prob": 0.0}
model = cn_clip_model(load_file(Path(folder) / "model.safetensors"), keys).train()
if checkpointing == "true":
    model.set_grad_checkpointing()

named = list(model.named_parameters())
fixed = [value for name, value in named if any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
rest = [value for name, value in named if not any(part in name for part in ("bn", "ln", "bias", "logit_scale"))]
optimizer = torch.optim.AdamW(
    [{"params": fixed, "weight_decay": 0.0}, {"params": rest, "weight_decay": 1e-3}],
    lr=1e-5,
    betas=(0.9, 0.98),
    eps=1e-6,
)

LENGTH = 20
size = keys["image_resolution"]
pixels = torch.sin(torch.arange(batch * 3 * size * size, dtype=torch.float64) * 0.37 + 1).float()
pixels = pixels.reshape(batch, 3, size, size)
place = torch.arange(batch * LENGTH)
ids = 1000 + (place * 7919) % 15_000
ids[place % LENGTH == 0] = 101
ids[place % LENGTH == LENGTH - 1] = 102
ids = torch.nn.functional.pad(ids.reshape(batch, LENGTH), (0, tokens - LENGTH))
own = torch.arange(batch)


def loss_of(images, texts, scale):
    logits = scale * images @ texts.T
    return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2


def gradients():
    optimizer.zero_grad()
    if parts == 1:
        loss = loss_of(*model(pixels, ids))
        loss.backward()
        return loss
    chunks = list(zip(pixels.chunk(parts), ids.chunk(parts)))
    with torch.no_grad():
        cached = [model(image, text)[:2] for image, text in chunks]
    for i, (image, text) in enumerate(chunks):
        images, texts, scale = model(image, text)
        all_images = torch.cat([images if j == i else other[0] for j, other in enumerate(cached)])
        all_texts = torch.cat([texts if j == i else other[1] for j, other in enumerate(cached)])
        loss = loss_of(all_images, all_texts, scale)
        loss.backward()
    return loss


def step():
    loss = gradients()
    optimizer.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, 4.6052)
    return loss.item()


def answer(request):
    begin = time.perf_counter()
    for _ in range(request["count"]):
        loss = step()
    return {"seconds": (time.perf_counter() - begin) / request["count"], "loss": loss}


serve(answer)
