"""A peer as its users have it: peer.py <engine> <models> <inputs> <threads> [cold].

With `cold`, it says when it has its first vector and waits to be let go.
"""
import json
import sys
from importlib import import_module
from pathlib import Path

import numpy
from PIL import Image
from serve import say, serve, timed

WIDTH, HEIGHT = 640, 480

name, models, inputs, threads = sys.argv[1:5]
cold = sys.argv[5:] == ["cold"]
raw = numpy.fromfile(Path(inputs, "pictures.rgb"), numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3)
pictures = [Image.fromarray(picture) for picture in raw]
texts = json.loads(Path(inputs, "texts.json").read_text(encoding="utf-8"))
module = import_module(f"engine_{name}")
engine = module.Engine(Path(models), int(threads))


def answer(request):
    kind, count = request["kind"], request.get("count")
    if kind == "images":
        return timed(f"images {count}", request["seconds"], lambda: engine.images(pictures[:count]))
    if kind == "texts":
        batch = texts[str(request["tokens"])][:count]
        return timed(f"texts {count} {request['tokens']}", request["seconds"], lambda: engine.texts(batch))
    if kind == "vectors":
        image, text = engine.images(pictures[:1]), engine.texts(texts["12"][:1])
        return {"image": image[0].tolist(), "text": text[0].tolist()}
    if kind == "gemm":
        return module.gemm(*(request[key] for key in "mkn"), request["seconds"])
    raise ValueError(kind)


if cold:
    engine.images(pictures[:1])
    say({"notice": "first-vector"})
    engine.texts(texts["12"][:1])
    say({"notice": "both-vectors"})
    sys.stdin.read()
else:
    serve(answer)
