"""Holds exported ONNX files to the format's own checker and to Python's ONNX Runtime.

    python exported.py FOLDER [--expected test/fixtures/tiny-hf/expected.safetensors]
                              [--cases test/fixtures/tokenizer/cases.jsonl]

FOLDER: what `tuwen model export` wrote, in either format. Every graph is checked (onnx.checker, shape inference with
strict types, the operators' domains) and run on two batch sizes and lengths; with --expected, vectors are compared with
the reference's; with --cases, ids of tokenizer.json with those of Hugging Face's fast tokenizer.
"""
import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--expected", type=Path)
parser.add_argument("--prefix", default="", help="before the names in --expected, as fp32. in tiny-rn")
parser.add_argument("--cases", type=Path)
args = parser.parse_args()
failures = []


def fail(message):
    print("FAILED", message)
    failures.append(message)


def feeds_of(session, texts, length, images, random):
    feeds = {}
    for given in session.get_inputs():
        if given.name == "pixel_values":
            feeds[given.name] = random.standard_normal((images, *given.shape[1:]), dtype=np.float32)
        elif given.name == "input_ids":
            feeds[given.name] = random.integers(1, 500, (texts, length))
        else:
            feeds[given.name] = np.ones((texts, length), np.int64)
    return feeds


def run_shapes(path, session):
    random = np.random.default_rng(0)
    for texts, length, images in [(1, 1, 1), (3, 7, 2)]:
        feeds = feeds_of(session, texts, length, images, random)
        for output, value in zip(session.get_outputs(), session.run(None, feeds)):
            rows = images if output.name.startswith(("image", "logits_per_image")) else texts
            if value.shape[0] != rows or not np.isfinite(value).all():
                fail(f"{path.name}: {output.name} {value.shape} of {texts} texts and {images} images")


def compare(path, session, expected):
    given = {
        "pixel_values": expected["pixel_values"],
        "input_ids": expected["input_ids"],
        "attention_mask": (expected["input_ids"] != 0).astype(np.int64),
    }
    names = [each.name for each in session.get_outputs()]
    results = dict(zip(names, session.run(names, {each.name: given[each.name] for each in session.get_inputs()})))
    for name, reference in [("image_embeds", "image.features_norm"), ("text_embeds", "text.features_norm")]:
        if name in results:
            wanted, got = expected[args.prefix + reference], results[name]
            difference = float(np.abs(wanted - got).max())
            cosine = float((wanted * got).sum(1).min())
            print(f"  {name}: largest difference {difference:.2e}, lowest cosine {cosine:.7f}")
            whole = not any(word in path.name for word in ("fp16", "int8", "int4", "quantized", "q4"))
            if whole and difference > 1e-5:
                fail(f"{path.name}: {name} differs by {difference}")


for path in sorted(args.folder.glob("**/*.onnx")):
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(str(path), load_external_data=False)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    operators = {(node.domain or "ai.onnx", node.op_type) for node in model.graph.node}
    foreign = sorted(f"{domain}.{name}" for domain, name in operators if domain != "ai.onnx")
    opsets = {each.domain or "ai.onnx": each.version for each in model.opset_import}
    known = {each.name for each in inferred.graph.value_info} | {each.name for each in inferred.graph.output}
    outputs = {name for node in model.graph.node for name in node.output if name}
    print(f"{path.name}: {len(model.graph.node)} nodes, opsets {opsets}, other operators {foreign or 'none'}, "
          f"shapes known of {len(outputs & known)} of {len(outputs)}")
    if foreign and not any(word in path.name for word in ("int4", "q4")):
        fail(f"{path.name}: {foreign}")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    run_shapes(path, session)
    if args.expected:
        compare(path, session, load_file(args.expected))

if args.cases:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(args.folder / "tokenizer.json"))
    cases = [json.loads(line) for line in args.cases.read_text().splitlines()]
    wrong = compared = 0
    for case in cases:
        ids = case.get("hfFast", case["ids"])
        if isinstance(ids, str) or any("\ud800" <= c <= "\udfff" for c in case["text"]):
            continue
        compared += 1
        got = tokenizer.encode(case["text"]).ids
        cut = got if len(got) <= 52 else got[:51] + got[-1:]
        wrong += cut != ids
    print(f"tokenizer.json: {compared} texts, {wrong} with other ids")
    if wrong:
        fail("tokenizer.json")

sys.exit(1 if failures else 0)
