"""The small model's picture step in torch, fp32: train.py <start.safetensors> <threads> <nchw | channels_last>.

cn_clip's ModifiedResNet, the loss of `models/mini/pictures.yaml`, AdamW with its settings.
"""
import re
import sys
import time

import torch
import torchvision_alone
from cn_clip.clip.model import ModifiedResNet
from safetensors.torch import load_file
from serve import serve
from torch.nn.functional import cross_entropy, normalize

start = load_file(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
layout = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[sys.argv[3]]

tower = ModifiedResNet([1, 2, 2, 2], output_dim=256, heads=12, input_resolution=64, width=24)
prefix = "visual."
tower.load_state_dict(
    {name.removeprefix(prefix): value for name, value in start.items() if name.startswith(prefix)}
    | {name: value for name, value in tower.state_dict().items() if name.endswith("num_batches_tracked")}
)
tower.train().to(memory_format=layout)
scale = torch.nn.Parameter(start["logit_scale"])

parameters = [*tower.named_parameters(), ("logit_scale", scale)]
fixed = re.compile(r"bn\d|downsample\.1|bias|positional|logit_scale")
optimizer = torch.optim.AdamW(
    [
        {"params": [value for name, value in parameters if not fixed.search(name)], "weight_decay": 0.05},
        {"params": [value for name, value in parameters if fixed.search(name)], "weight_decay": 0.0},
    ],
    lr=1e-3,
    betas=(0.9, 0.98),
    eps=1e-6,
)
pixels = start["pixels"].contiguous(memory_format=layout)
labels, right = start["labels"], start["right"].long()
texts = labels[right]
own = torch.arange(len(texts))


def step():
    images = normalize(tower(pixels), dim=-1)
    factor = scale.exp()
    pairs = factor * images @ texts.T
    loss = (cross_entropy(pairs, own) + cross_entropy(pairs.T, own)) / 2
    loss = loss + cross_entropy(factor * images @ labels.T, right)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_([value for _, value in parameters], 1.0)
    optimizer.step()
    with torch.no_grad():
        scale.clamp_(0, 4.6052)
    return loss.item()


def answer(request):
    begin = time.perf_counter()
    for _ in range(request["count"]):
        loss = step()
    return {"seconds": (time.perf_counter() - begin) / request["count"], "loss": loss}


serve(answer)
